/* What a program says of a picture, any bytes: only characters of one cell and colours come of it,
 * and what may be written to a terminal has one beginning, one end and no other sequence. */
#include "fuzz.h"

#include <locale.h>

#include "mix/picture.h"
#include "text_checks.h"

static void check_cells(const char *s, size_t n) {
    struct picture_cell *cells;
    struct err err = {0};
    int w, h;

    if (picture_read(&cells, &w, &h, s, n, &err) != RC_OK) {
        CHECK(!cells && w == 0 && h == 0 && err.text[0]);
        return;
    }
    CHECK(w > 0 && h > 0 && w <= 1000 && h <= 1000 && w * h <= 1 << 18);
    for (int i = 0; i < w * h; i++) {
        char utf8[4];
        const size_t len = text_encode(utf8, cells[i].cp);

        CHECK(cells[i].cp >= 0x20 && !(cells[i].cp >= 0x7f && cells[i].cp < 0xa0));
        CHECK(text_cluster(utf8, len).cells == 1);
    }
    free(cells);
}

static void check_pixels(enum picture_form form, const char *s, size_t n) {
    static const struct picture_room room = {.w = 640, .h = 480, .cols = 80, .rows = 24};
    struct picture_room size;
    const size_t passed = picture_graphics(form, s, n, &room, &size);
    const char head = form == PICTURE_SIXEL ? 'P' : '_';

    CHECK(passed <= n);
    if (passed == 0)
        return;
    CHECK(size.w <= room.w && size.cols <= room.cols && size.rows <= room.rows);
    for (size_t i = 0; i < passed; i++) {
        const unsigned char c = (unsigned char)s[i];

        CHECK(c == 033 || (c >= 0x20 && c < 0x7f));
        if (c == 033)
            CHECK(i + 1 < passed && (s[i + 1] == '\\' || s[i + 1] == head));
    }
    CHECK(s[0] == 033 && s[1] == head && s[passed - 2] == 033 && s[passed - 1] == '\\');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *s = (const char *)data;

    setlocale(LC_CTYPE, "C.UTF-8");
    check_cells(s, size);
    check_pixels(PICTURE_SIXEL, s, size);
    check_pixels(PICTURE_KITTY, s, size);
    return 0;
}
