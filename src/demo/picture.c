/* picture.c - the demo's one picture, and a JPEG writer just good enough for it and for thumbnails.
 *
 * Baseline JPEG without subsampling. Instead of the usual Huffman tables every DC symbol has a code
 * of 4 bits and every AC symbol one of 8: larger files, no tables to copy. */
#include <string.h>

#include "demo.h"

/* Up and down between -1 and 1. */
static double wave_at(double x) {
    double part = x - (double)(long)x;
    return part < 0.5 ? 4 * part - 1 : 3 - 4 * part;
}

/* A sun over a sea, u and v from 0 to 1. */
static void sea(double u, double v, unsigned char rgb[3]) {
    double dx = (u - 0.7) * 1.5, dy = v - 0.28;
    bool sun = dx * dx + dy * dy<0.022, water = v> 0.62;
    double wave = wave_at((u * 6 + v * 10) * (1.2 - v)) * 12;
    rgb[0] = (unsigned char)(sun ? 255 : water ? 24 : 90 + v * 130);
    rgb[1] = (unsigned char)(sun ? 220 : water ? 84 + wave : 150 + v * 90);
    rgb[2] = (unsigned char)(sun ? 90 : water ? 130 + wave : 235);
}

/* For pictures whose format nobody here can decode: stripes in colours made from the name. */
static void stripes(double u, double v, uint32_t seed, unsigned char rgb[3]) {
    double wave = 0.5 + 0.5 * wave_at((u + v) * 3);
    for (int c = 0; c < 3; c++)
        rgb[c] = (unsigned char)(60 + wave * ((seed >> (8 * c)) & 0x7f) + v * 60);
}

/* ---- JPEG ---- */
struct bits {
    struct buf *out;
    uint32_t acc;
    int n;
};
static const unsigned char zigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

static void byte(struct buf *out, int value) {
    unsigned char c = (unsigned char)value;
    buf_add(out, &c, 1);
}

static void word(struct buf *out, int value) {
    byte(out, value >> 8);
    byte(out, value & 0xff);
}

static void put(struct bits *b, uint32_t value, int n) {
    b->acc = b->acc << n | (value & ((1u << n) - 1));
    b->n += n;
    for (; b->n >= 8; b->n -= 8) {
        int c = (int)(b->acc >> (b->n - 8)) & 0xff;
        byte(b->out, c);
        if (c == 0xff)
            byte(b->out, 0);
    }
}

/* Symbols in the order of their codes: EOB, ZRL, then run * 10 + size. */
static int ac_code(int run, int size) { return 2 + run * 10 + size - 1; }

static int bit_size(int v) {
    int n = 0;
    for (v = v < 0 ? -v : v; v; v >>= 1)
        n++;
    return n;
}

static void put_number(struct bits *b, int v, int size) {
    put(b, (uint32_t)(v < 0 ? v + (1 << size) - 1 : v), size);
}

static int step(int i) { return 6 + 2 * (i / 8 + i % 8); }

/* cos(k * pi / 16) */
static double cosine(int k) {
    static const double quarter[] = {1,          0.98078528, 0.92387953, 0.83146961, 0.70710678,
                                     0.55557023, 0.38268343, 0.19509032, 0};
    k &= 31;
    k = k > 16 ? 32 - k : k;
    return k > 8 ? -quarter[16 - k] : quarter[k];
}

static void transform(const double in[64], int out[64]) {
    for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++) {
            double sum = 0;
            for (int y = 0; y < 8; y++)
                for (int x = 0; x < 8; x++)
                    sum += in[y * 8 + x] * cosine((2 * x + 1) * u) * cosine((2 * y + 1) * v);
            sum *= 0.25 * (u ? 1 : cosine(4)) * (v ? 1 : cosine(4)) / step(v * 8 + u);
            out[v * 8 + u] = (int)(sum < 0 ? sum - 0.5 : sum + 0.5);
        }
}

static void put_block(struct bits *b, const double in[64], int *dc) {
    int q[64], run = 0;
    transform(in, q);
    int diff = q[0] - *dc, size = bit_size(diff);
    *dc = q[0];
    put(b, (uint32_t)size, 4);
    put_number(b, diff, size);
    for (int i = 1; i < 64; i++) {
        int v = q[zigzag[i]];
        if (!v) {
            run++;
            continue;
        }
        for (; run > 15; run -= 16)
            put(b, 1, 8);
        size = bit_size(v);
        put(b, (uint32_t)ac_code(run, size), 8);
        put_number(b, v, size);
        run = 0;
    }
    if (run)
        put(b, 0, 8);
}

static void header(struct buf *o, int w, int h) {
    buf_add(o, "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43\0", 25);
    for (int i = 0; i < 64; i++)
        byte(o, step(zigzag[i]));
    buf_add(o, "\xff\xc0\0\x11\x08", 5);
    word(o, h);
    word(o, w);
    buf_add(o, "\3\1\x11\0\2\x11\0\3\x11\0", 10);
    buf_add(o, "\xff\xc4\0\x1f\0", 5); /* 12 codes of 4 bits */
    for (int i = 1; i <= 16; i++)
        byte(o, i == 4 ? 12 : 0);
    for (int i = 0; i < 12; i++)
        byte(o, i);
    buf_add(o, "\xff\xc4\0\xb5\x10", 5); /* 162 codes of 8 bits */
    for (int i = 1; i <= 16; i++)
        byte(o, i == 8 ? 162 : 0);
    byte(o, 0x00);
    byte(o, 0xf0);
    for (int i = 0; i < 160; i++)
        byte(o, i / 10 << 4 | (i % 10 + 1));
    buf_add(o, "\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0", 14);
}

void picture_jpeg(struct buf *out, const char *name, int width, int height) {
    bool known = !strncmp(name, "sea.", 4);
    uint32_t seed = 2166136261u;
    for (const char *p = name; *p; p++)
        seed = (seed ^ (unsigned char)*p) * 16777619u;
    header(out, width, height);
    struct bits b = {.out = out};
    int dc[3] = {0};
    for (int by = 0; by < height; by += 8)
        for (int bx = 0; bx < width; bx += 8) {
            double planes[3][64];
            for (int i = 0; i < 64; i++) {
                unsigned char c[3];
                int x = bx + i % 8, y = by + i / 8;
                double u = (x + 0.5) / width, v = (y + 0.5) / height;
                if (known)
                    sea(u, v, c);
                else
                    stripes(u, v, seed, c);
                planes[0][i] = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] - 128;
                planes[1][i] = -0.1687 * c[0] - 0.3313 * c[1] + 0.5 * c[2];
                planes[2][i] = 0.5 * c[0] - 0.4187 * c[1] - 0.0813 * c[2];
            }
            for (int k = 0; k < 3; k++)
                put_block(&b, planes[k], &dc[k]);
        }
    put(&b, 0x7f, 7);
    buf_add(out, "\xff\xd9", 2);
}
