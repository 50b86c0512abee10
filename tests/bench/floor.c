/* floor.c - the least a program like mixtui can be: the same three libraries, as many cells
 * painted, keys echoed where the composer is; with an address each key is also posted there.
 * Ctrl+D ends it.
 *
 * usage: bench_floor CELLS X Y [URL] */
#include <curses.h>
#include <curl/curl.h>
#include <cjson/cJSON.h>
#include <locale.h>
#include <stdlib.h>

/* Keeps the linker from leaving out what is only loaded. */
static char *(*volatile const curl_linked)(void) = curl_version;
static const char *(*volatile const json_linked)(void) = cJSON_Version;

/* As many in each row, so that the last one has its share, too. */
static void paint(int cells) {
    for (int y = 0; y < LINES; y++) {
        const int row = cells * (y + 1) / LINES - cells * y / LINES;

        for (int x = 0; x < row && x < COLS; x++)
            mvaddch(y, x, 'a' + (chtype)((x + y) % 26));
    }
}

static size_t ignore(char *p, size_t size, size_t n, void *user) {
    (void)p, (void)user;
    return size * n;
}

/* One connection that stays; the first of all requests opens it. */
static CURL *post_to(const char *url) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_perform(easy);
    return easy;
}

int main(int argc, char **argv) {
    CURL *easy = argc > 4 ? post_to(argv[4]) : NULL;
    int x = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    int y = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0, at = x;

    setlocale(LC_ALL, "");
    if (!curl_linked || !json_linked || !initscr())
        return 1;
    raw();
    noecho();
    paint(argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0);
    move(y, x);
    refresh();
    for (int c; (c = getch()) != ERR && c != 4;) {
        if (easy)
            curl_easy_perform(easy);
        if (c == 21) { /* Ctrl+U */
            move(y, at = x);
            clrtoeol();
        } else {
            mvaddch(y, at++, (chtype)c);
        }
        refresh();
    }
    endwin();
    return 0;
}
