/* harness_forms.c - how somebody moves in the server screens and fills them in. */
#include "forms.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

bool at_row(struct screen *s, const char *label) {
    for (int y = 0; y < screen_rows(s); y++) {
        const char *row = screen_row(s, y);

        for (const char *p = row; (p = strstr(p, "\u258c"));) {
            p += strlen("\u258c");
            if (strncmp(p + strspn(p, " "), label, strlen(label)) == 0)
                return true;
        }
    }
    return false;
}

/* Moves the cursor of a panel to the row that begins so. */
void go(struct screen *s, const char *label) {
    for (int i = 0; i < 120; i++) {
        if (at_row(s, label))
            return;
        screen_keys(s, i < 60 ? KEY_DOWN : KEY_UP);
        screen_wait_quiet(s, 30);
    }
    screen_failed(s, label, __FILE__, __LINE__);
}

void press(struct screen *s, const char *label) {
    go(s, label);
    screen_keys(s, KEY_ENTER);
}

void press_twice(struct screen *s, const char *label) {
    press(s, label);
    screen_wait_armed(s, "Enter again");
    screen_keys(s, KEY_ENTER);
}

void fill(struct screen *s, const char *label, const char *text) {
    go(s, label);
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, text);
    screen_wait_quiet(s, 60);
}

void turn_to(struct screen *s, const char *label, const char *value) {
    char shown[80];

    snprintf(shown, sizeof shown, "%s", value);
    go(s, label);
    for (int i = 0; i < 10; i++) {
        for (int y = 0; y < screen_rows(s); y++) {
            const char *row = screen_row(s, y);

            if (strstr(row, "\u258c") && strstr(row, label) && strstr(row, shown))
                return;
        }
        screen_keys(s, KEY_RIGHT);
        screen_wait_quiet(s, 60);
    }
    screen_failed(s, value, __FILE__, __LINE__);
}

/* Out of every panel. */
void out(struct screen *s) {
    while (screen_has(s, "\u2500 Server > ")) {
        screen_keys(s, KEY_ESC);
        screen_wait_quiet(s, 100);
    }
}

/* The address as it stands on the screen, its rows joined. */
void form_address(struct screen *s, char *url, size_t size) {
    bool inside = false;
    size_t n = 0;

    url[0] = '\0';
    for (int y = 0; y < screen_rows(s); y++) {
        const char *row = screen_row(s, y), *from = strstr(row, "https://claude.ai");

        if (strstr(row, "copy the address"))
            return;
        inside = inside || from;
        if (!inside)
            continue;
        if (!from) { /* behind the edge of the box */
            from = strstr(row, "\u2502 ");
            assert_non_null(from);
            from += strlen("\u2502 ");
        }
        const size_t len = strcspn(from, " ");
        const char *behind = from + len + strspn(from + len, " ");

        if (*behind && strncmp(behind, "\u2502", strlen("\u2502")) != 0)
            return; /* words: not the address any more */

        assert_true(n + len + 1 < size);
        memcpy(url + n, from, len);
        n += len;
        url[n] = '\0';
    }
}

bool made_file(const char *end, struct buf *text) {
    DIR *d = opendir(screen_dir());
    bool found = false;

    for (struct dirent *e; d && !found && (e = readdir(d));) {
        const size_t n = strlen(e->d_name), k = strlen(end);

        if (n < k || strcmp(e->d_name + n - k, end) != 0)
            continue;
        buf_clear(text);
        found = screen_read_file(text, screen_path(e->d_name));
    }
    if (d)
        closedir(d);
    return found;
}
