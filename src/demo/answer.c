/* answer.c - answers that show something: about the session's files, a table, code, a picture. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "demo.h"

#define FILES_SHOWN 12

static void call_one(struct turn *t, const char *tool, const char *key, const char *value) {
    auto_buf struct buf in = {.max = MIX_MIB};
    json_open(&in, NULL, '{');
    json_str(&in, key, value);
    json_close(&in, '}');
    turn_call(t, &(struct plan){.tool = tool, .input = buf_str(&in), .a = value});
}

/* The longest plain word of the text, to look for in the files. */
static void key_word(const char *text, char out[32]) {
    static const char *const dull[] = {"please", "about", "there", "files",
                                       "which",  "where", "what"};
    out[0] = '\0';
    for (const char *p = text; *p;) {
        size_t n = 0;
        while (isalnum((unsigned char)p[n]) || p[n] == '_')
            n++;
        bool skip = false;
        for (size_t i = 0; i < MIX_COUNT(dull); i++)
            skip = skip || (strlen(dull[i]) == n && !strncasecmp(p, dull[i], n));
        if (n > 3 && n > strlen(out) && n < 32 && !skip)
            snprintf(out, 32, "%.*s", (int)n, p);
        p += n ? n : 1;
    }
    if (!*out)
        snprintf(out, 32, "demo");
}

static size_t split(char *text, char *lines[], size_t max) {
    size_t n = 0;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line && n < max;
         line = strtok_r(NULL, "\n", &save))
        lines[n++] = line;
    return n;
}

/* The name a message mentions, else one that can be read. */
static const char *file_to_read(char *const files[], size_t n, const char *text) {
    for (size_t i = 0; i < n; i++)
        if (strcasestr(text, files[i]))
            return files[i];
    for (size_t i = 0; i < n; i++) {
        const char *dot = strrchr(files[i], '.');
        if (dot && (!strcmp(dot, ".md") || !strcmp(dot, ".c") || !strcmp(dot, ".txt")))
            return files[i];
    }
    return NULL;
}

void answer_about_files(struct turn *t, const char *text) {
    char word[32];
    key_word(text, word);
    turn_think(
        t, "The question is about this session. I should look at its files before I say anything.");
    turn_say(t, "Let me look at the files first.");
    call_one(t, "Glob", "pattern", "**/*");
    turn_execute(t);
    auto_free char *listing = xstrdup(turn_result(t, 0));
    char *files[FILES_SHOWN] = {0};
    size_t n = strncmp(listing, "No files", 8) ? split(listing, files, FILES_SHOWN) : 0;
    const char *read = file_to_read(files, n, text);
    turn_message(t);
    if (read)
        call_one(t, "ReadText", "file_path", read);
    call_one(t, "Grep", "pattern", word);
    turn_execute(t);
    char first[160] = "", hit[160] = "";
    const char *bar = read ? strchr(turn_result(t, 0), '|') : NULL;
    if (bar)
        text_cut(first, sizeof first, bar + 1, strcspn(bar + 1, "\n"));
    const char *found = turn_result(t, read ? 1 : 0);
    if (strncmp(found, "No files", 8) != 0)
        text_cut(hit, sizeof hit, found, strcspn(found, "\n"));
    turn_message(t);
    turn_sayf(t, "The session's folder has **%zu file%s**%s\n\n", n, n == 1 ? "" : "s",
              n ? ":" : " and nothing to read.");
    for (size_t i = 0; i < n; i++)
        turn_sayf(t, "- `%s`\n", files[i]);
    if (read)
        turn_sayf(t, "\n`%s` begins with: *%s*\n", read, first);
    if (*hit)
        turn_sayf(t, "\nI searched for `%s` and found it at `%s`.\n", word, hit);
    else
        turn_sayf(t, "\nI searched for `%s` and found it nowhere.\n", word);
    if (!t->parent)
        turn_say(t, "\nTry `run ls`, `edit README.md`, `task ...` or `/help` for more words.");
}

void show_table(struct turn *t) {
    call_one(t, "Glob", "pattern", "**/*");
    turn_execute(t);
    auto_free char *listing = xstrdup(turn_result(t, 0));
    char *files[FILES_SHOWN] = {0};
    size_t n = strncmp(listing, "No files", 8) ? split(listing, files, FILES_SHOWN) : 0;
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    turn_message(t);
    turn_say(t, "| File | Kind | Bytes |\n|:-----|:----:|------:|\n");
    for (size_t i = 0; i < n; i++) {
        char path[2048];
        struct stat st = {0};
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        const char *dot = strrchr(files[i], '.');
        if (stat(path, &st) == 0)
            turn_sayf(t, "| `%s` | %s | %lld |\n", files[i], dot ? dot + 1 : "-",
                      (long long)st.st_size);
    }
    turn_say(t, "\nWide letters stay in their column: | \xe8\xa1\xa8 | \xf0\x9f\x98\x80 |");
}

static const struct {
    const char *names, *code;
} samples[] = {
    {" c h ",
     "#include <stdio.h>\n\n/* Says hello. */\nint main(void)\n{\n    for (int i = 0; i < 3; i++)\n"
     "        printf(\"hello %d\\n\", i);\n    return 0;\n}\n"},
    {" python py ",
     "def fib(n: int) -> int:\n    \"\"\"The nth number.\"\"\"\n    a, b = 0, 1\n"
     "    for _ in range(n):\n        a, b = b, a + b\n    return a  # fast enough\n"},
    {" go ", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfor i := range 3 {\n"
             "\t\tfmt.Println(\"hello\", i)\n\t}\n}\n"},
    {" sh bash shell ", "#!/bin/sh\nset -eu\nfor f in *.txt; do\n    wc -l \"$f\" # lines\ndone\n"},
    {" js javascript ts ",
     "const greet = (name = 'you') => {\n  // template\n  return `hello ${name}`;\n};\n"},
    {" json ", "{\n  \"name\": \"demo\",\n  \"files\": 3,\n  \"ok\": true,\n  \"none\": null\n}\n"},
    {" rust rs ", "fn main() {\n    let total: u32 = (1..=10).filter(|n| n % 2 == 0).sum();\n"
                  "    println!(\"{total}\");\n}\n"},
};

void show_code(struct turn *t, const char *language, size_t n) {
    char name[24], key[28];
    snprintf(name, sizeof name, "%.*s", n ? (int)(n < 20 ? n : 20) : 1, n ? language : "c");
    for (char *p = name; *p; p++)
        *p = (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '-');
    snprintf(key, sizeof key, " %s ", name);
    const char *code = "nothing is known about this language\n";
    for (size_t i = 0; i < MIX_COUNT(samples); i++)
        if (strstr(samples[i].names, key))
            code = samples[i].code;
    turn_sayf(t, "A small program in `%s`:\n\n```%s\n", name, name);
    turn_say(t, code);
    turn_say(t, "```\n\nIt has no dependencies.");
}

void show_picture(struct turn *t) {
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    auto_buf struct buf picture = {.max = MIX_MIB};
    auto_buf struct buf in = {.max = MIX_MIB};
    picture_jpeg(&picture, "sea.jpg", 480, 320);
    tool_write(folder, "sea.jpg", buf_str(&picture), picture.n, NULL);
    turn_say(t, "I have painted the sea.");
    json_open(&in, NULL, '{');
    json_open(&in, "outputs", '[');
    json_open(&in, NULL, '{');
    json_str(&in, "path", "sea.jpg");
    json_str(&in, "type", "image");
    json_str(&in, "title", "The sea");
    json_str(&in, "description", "A sun over water, 480 by 320 pixels");
    json_close(&in, '}');
    json_close(&in, ']');
    json_close(&in, '}');
    turn_call(t, &(struct plan){
                     .tool = "Show", .input = buf_str(&in), .b = "Shown to the user: sea.jpg"});
    turn_execute(t);
    turn_message(t);
    turn_say(t, "The picture is `sea.jpg` in the session's folder; the file list does not name it, "
                "but it can be "
                "fetched.");
}
