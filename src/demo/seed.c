/* seed.c - what is there at a fresh start: example sessions with a past, and files in every
 * session's folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "demo.h"

static const struct {
    const char *name, *text;
} files[] = {
    {"README.md",
     "# A small workspace\n\nFiles for the agent of the demo to read and change.\n\n- `src/main.c` "
     "counts words\n- `notes.txt` has things to do\n- `prices.csv` is a table\n"},
    {"src/main.c", "#include <ctype.h>\n#include <stdio.h>\n\n/* Counts words on standard input. "
                   "*/\nint main(void)\n{\n    "
                   "int c, words = 0, inside = 0;\n    while ((c = getchar()) != EOF) {\n        "
                   "if (isspace(c))\n            "
                   "inside = 0;\n        else if (!inside)\n            inside = ++words;\n    }\n "
                   "   printf(\"%d\\n\", "
                   "words);\n    return 0;\n}\n"},
    {"notes.txt",
     "count words in a pipe\nask about empty files\nmeasure before changing anything\n"},
    {"prices.csv", "item,price,currency\nbread,2.40,EUR\ncoffee,3.10,EUR\npaper,5.00,EUR\n"},
};

void seed_folder(struct demo *d, const char *session) {
    auto_free char *folder = store_folder(d, session);
    mkdir(folder, 0700);
    auto_buf struct buf sub = {.max = 4096};
    buf_addf(&sub, "%s/src", folder);
    mkdir(buf_str(&sub), 0700);
    for (size_t i = 0; i < MIX_COUNT(files); i++)
        tool_write(folder, files[i].name, files[i].text, strlen(files[i].text), NULL);
}

/* ---- rows ---- */
const char *seed_line(struct demo *d, struct session *s, const struct seed_line *l, int64_t when) {
    const char *call = NULL;
    struct row *r = store_add(d, s, l->role, l->text ? l->text : "");
    r->created_at = when;
    r->finish = l->tool ? "tool_use" : "end_turn";
    if (l->reasoning) {
        buf_adds(&r->reasoning, l->reasoning);
        r->m.reasoning_seconds = 2;
    }
    if (l->tool) {
        char id[40], name[32];
        snprintf(id, sizeof id, "toolu_%08llx%04zx", (unsigned long long)(when / 1000), s->n);
        struct tool_call *c = row_call(r, id, tool_name(d, l->tool, name));
        c->input = arena_strdup(&r->a, l->input);
        c->result = arena_strdup(&r->a, l->result);
        c->finished = true;
        call = c->id;
    }
    if (!strcmp(l->role, "assistant")) {
        r->m.model = "claude-sonnet-4-5";
        r->m.input_tokens = 1200 + (int64_t)(s->n % 400) * 310; /* then it was summarised */
        r->m.output_tokens = 20 + (int64_t)strlen(buf_str(&r->text)) / 4;
        r->m.cost = (double)(r->m.input_tokens * 3 + r->m.output_tokens * 15) / 1e6;
        store_spend(s, r->m.cost);
    }
    persist_row(d, s, r);
    return call;
}

struct session *seed_begin(struct demo *d, const char *title, int64_t when, const char *type) {
    struct session_create make = {.title = title, .browser_mode = "local-browser-service"};
    struct session *s = store_new(d, &make, type);
    s->d.title = arena_strdup(&s->a, title); /* named by a model long ago, not cut */
    s->d.created_at = when;
    if (d->o.version > GEN_POST) {
        s->d.provider = "anthropic";
        s->d.model_id = "claude-sonnet-4-5";
    }
    persist_session(d, s);
    seed_folder(d, s->d.id);
    return s;
}

void seed_end(struct demo *d, struct session *s) {
    s->turns_done = 1;
    store_count(s);
    persist_session(d, s);
}

static const struct seed_line words[] = {
    {"user", "What does src/main.c do, and is it right for an empty file?", 0, 0, 0, 0},
    {"assistant", "I'll read it.",
     "The file is small. Read it first, then think about the empty input.", "ReadText",
     "{\"file_path\":\"src/main.c\"}",
     "     1|#include <ctype.h>\n     2|#include <stdio.h>\n     3|\n     4|/* Counts words on "
     "standard input. "
     "*/\n     5|int main(void)\n"},
    {"tool", "", 0, 0, 0, 0},
    {"assistant",
     "It counts the words on standard input.\n\n- A **word** begins where a blank ends.\n- For an "
     "empty "
     "file the loop never runs and it prints `0`, which is right.\n\n```c\nelse if (!inside)\n    "
     "inside "
     "= ++words;\n```\n\nOne nit: `inside` doubles as a flag and a number; after 2^31 words it "
     "overflows.",
     0, 0, 0, 0},
    {"user", "Fix the nit please.", 0, 0, 0, 0},
    {"assistant", "A separate flag is clearer.", 0, "Edit",
     "{\"file_path\":\"src/main.c\",\"old_string\":\"            inside = "
     "++words;\",\"new_string\":\"            "
     "inside = 1, words++;\"}",
     "Content replaced in file: src/main.c"},
    {"tool", "", 0, 0, 0, 0},
    {"assistant", "Done: `inside` is a flag now and `words` the only counter.", 0, 0, 0, 0},
    {NULL, NULL, 0, 0, 0, 0}};
static const struct seed_line prices[] = {
    {"user", "Make a table of prices.csv with a total.", 0, 0, 0, 0},
    {"assistant", "Let me look at the data.", 0, "Bash", "{\"command\":\"cat prices.csv\"}",
     "item,price,currency\nbread,2.40,EUR\ncoffee,3.10,EUR\npaper,5.00,EUR\n"},
    {"tool", "", 0, 0, 0, 0},
    {"assistant",
     "| Item | Price |\n|:-----|------:|\n| bread | 2.40 |\n| coffee | 3.10 |\n| paper | 5.00 |\n| "
     "**total** | **10.50** |\n\nAll prices are in EUR.",
     0, 0, 0, 0},
    {NULL, NULL, 0, 0, 0, 0}};
static const struct seed_line notes[] = {
    {"user", "Plan the work in notes.txt", 0, 0, 0, 0},
    {"assistant", "Three points, in the order of the file.",
     "One entry per line, nothing is done yet.", "TodoWrite",
     "{\"todos\":[{\"id\":\"1\",\"content\":\"count words in a "
     "pipe\",\"status\":\"completed\",\"priority\":\"high\"},"
     "{\"id\":\"2\",\"content\":\"ask about empty "
     "files\",\"status\":\"in_progress\",\"priority\":\"medium\"},"
     "{\"id\":\"3\",\"content\":\"measure before changing "
     "anything\",\"status\":\"pending\",\"priority\":\"low\"}]}",
     "Todos have been modified."},
    {"tool", "", 0, 0, 0, 0},
    {"assistant",
     "The first point is done, the second is under way.\n\n1. "
     "~~count words in a pipe~~\n2. *ask about "
     "empty files*\n3. measure before changing anything",
     0, 0, 0, 0},
    {NULL, NULL, 0, 0, 0, 0}};

void seed_sessions(struct demo *d) {
    static const struct {
        const char *title;
        const struct seed_line *lines;
        int64_t hours_ago;
    } all[] = {{"Count words in a pipe", words, 52},
               {"Prices as a table", prices, 26},
               {"Plan the notes", notes, 1}};
    int64_t now = clock_real() / 1000 * 1000;
    for (size_t i = 0; i < MIX_COUNT(all); i++) {
        int64_t when = now - all[i].hours_ago * 3600000;
        struct session *s = seed_begin(d, all[i].title, when, "main");
        for (const struct seed_line *l = all[i].lines; l->role; l++)
            seed_line(d, s, l, when += 7000);
        seed_end(d, s);
    }
}

/* ---- a long past ---- */
static void paragraph(struct buf *b, int64_t i) {
    static const char *const parts[] = {"The reader takes bytes in any split and hands over whole "
                                        "events, so a frame that arrives in two pieces is "
                                        "read as one. ",
                                        "Nothing is kept that can be **computed** again, and "
                                        "nothing is computed *before* somebody asks for it. ",
                                        "See `src/main.c` and the notes; the second paragraph "
                                        "there says why the counter starts at zero. ",
                                        "Lines that are too long are wrapped at spaces, and words "
                                        "that are too long are cut where the cell ends. "};
    for (int64_t k = 0; k < 6; k++)
        buf_adds(b, parts[(i * 7 + k * 3) % 4]);
    buf_adds(b, "\n\n");
}

static void long_text(struct buf *b, int64_t i) {
    buf_addf(b, "## Step %lld\n\n", (long long)i);
    paragraph(b, i);
    switch (i % 4) {
    case 0:
        buf_adds(
            b, "```c\nstatic int next(struct lexer *lx)\n{\n    while (isspace(peek(lx)))\n        "
               "advance(lx); /* blanks */\n    return lx->at < lx->n ? lx->text[lx->at] : "
               "-1;\n}\n```\n\n");
        break;
    case 1:
        buf_adds(b, "- first the small files\n- then the **large** ones\n  - and their tests\n- "
                    "`make check`\n\n");
        break;
    case 2:
        buf_adds(b, "| part | lines | state |\n|:-----|------:|:-----:|\n| reader | 412 | ok |\n| "
                    "writer | 230 | ok "
                    "|\n| tests | 808 | *new* |\n\n");
        break;
    default:
        buf_adds(b, "> Measure first. \xe6\xb8\xac\xe3\x82\x8b before you change, \xf0\x9f\x93\x8f "
                    "and after.\n\n");
    }
    paragraph(b, i + 1);
}

void seed_history(struct demo *d, int64_t messages) {
    int64_t when = clock_real() / 1000 * 1000 - messages * 1000 - 86400000;
    struct session *s = seed_begin(d, "history", when, "main");
    auto_buf struct buf text = {.max = MIX_MIB};
    for (int64_t i = 0; i < messages; i++, when += 1000) {
        struct seed_line l = {.role = i % 4 == 0 ? "user" : i % 4 == 2 ? "tool" : "assistant"};
        buf_clear(&text);
        if (l.role[0] == 'a' || l.role[0] == 'u') {
            long_text(&text, i);
            if (l.role[0] == 'a')
                paragraph(&text, i + 2);
            l.text = buf_str(&text);
        }
        if (i % 4 == 1) {
            l.tool = i % 8 == 1 ? "Bash" : "ReadText";
            l.input =
                i % 8 == 1 ? "{\"command\":\"make check\"}" : "{\"file_path\":\"src/main.c\"}";
            l.result = buf_str(&text);
            l.reasoning = "The next step follows from the last one. Run it and look.";
        }
        seed_line(d, s, &l, when);
    }
    seed_end(d, s);
}
