/* script.c - what the agent does for each word. Deterministic: the same words and files give the
 * same turn. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "demo.h"

#define INPUT_MAX (16 * MIX_MIB)

/* The step's own words as a string. */
static char *argument(const struct step *s) { return xstrndup(s->arg, s->n); }

static bool denied(const struct turn *t, size_t i) { return t->plans[i].denied; }

/* ---- calls, their input written as a model would ---- */
static void call_one(struct turn *t, const char *tool, const char *key, const char *value) {
    auto_buf struct buf in = {.max = INPUT_MAX};
    json_open(&in, NULL, '{');
    json_str(&in, key, value);
    json_close(&in, '}');
    turn_call(t, &(struct plan){.tool = tool, .input = buf_str(&in), .a = value});
}

static void call_edit(struct turn *t, const char *file, const char *from, const char *to) {
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    auto_buf struct buf in = {.max = INPUT_MAX};
    auto_buf struct buf path = {.max = 8192};
    buf_addf(&path, "%s/%s", folder, file);
    json_open(&in, NULL, '{');
    json_str(&in, "file_path", buf_str(&path));
    if (from)
        json_str(&in, "old_string", from);
    json_str(&in, from ? "new_string" : "content", to);
    json_close(&in, '}');
    struct plan p = {.tool = from ? "Edit" : "Write",
                     .input = buf_str(&in),
                     .a = buf_str(&path),
                     .b = from ? from : to,
                     .c = from ? to : NULL};
    turn_call(t, &p);
}

static const char *const todo_items[] = {"Look at what is there", "Make the change",
                                         "Check that it works"};

static void call_todo(struct turn *t, size_t done) {
    auto_buf struct buf in = {.max = INPUT_MAX};
    json_open(&in, NULL, '{');
    json_open(&in, "todos", '[');
    for (size_t i = 0; i < MIX_COUNT(todo_items); i++) {
        char id[8];
        snprintf(id, sizeof id, "%zu", i + 1);
        json_open(&in, NULL, '{');
        json_str(&in, "id", id);
        json_str(&in, "content", todo_items[i]);
        json_str(&in, "status", i < done ? "completed" : i == done ? "in_progress" : "pending");
        json_str(&in, "priority", i == 0 ? "high" : "medium");
        json_close(&in, '}');
    }
    json_close(&in, ']');
    json_close(&in, '}');
    struct plan p = {.tool = "TodoWrite", .input = buf_str(&in), .b = "Todos have been modified."};
    turn_call(t, &p);
}

/* ---- words ---- */
static void do_run(struct turn *t, const struct step *s) {
    auto_free char *command = argument(s);
    turn_sayf(t, "I'll run `%s` in the session's folder.", command);
    call_one(t, "Bash", "command", command);
    turn_execute(t);
    bool no = denied(t, 0);
    char first[200];
    text_cut(first, sizeof first, turn_result(t, 0), strcspn(turn_result(t, 0), "\n"));
    turn_message(t);
    if (no)
        turn_say(t, "The command was not allowed, so nothing was run. Tell me how to go on.");
    else
        turn_sayf(t, "The command has ended. Its output begins with:\n\n```\n%s\n```\n", first);
}

/* The first line that is not blank, and what it becomes. */
static bool first_line(const struct turn *t, const char *file, char *line, size_t size) {
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    auto_buf struct buf text = {.max = MIX_MIB};
    if (tool_read(&text, folder, file, NULL) != RC_OK)
        return false;
    for (const char *p = buf_str(&text); *p;) {
        const char *bar = strchr(p, '|');
        size_t n = strcspn(p, "\n");
        if (bar && bar < p + n && !str_blank(bar + 1) && bar[1] != '\n') {
            text_cut(line, size, bar + 1, (size_t)(p + n - bar - 1));
            return true;
        }
        p += n;
        p += *p == '\n';
    }
    return false;
}

static void do_edit(struct turn *t, const struct step *s) {
    auto_free char *file = argument(s);
    char line[512], changed[600];
    bool there = first_line(t, file, line, sizeof line);
    turn_sayf(t,
              there ? "I'll read `%s`, then change its first line."
                    : "`%s` is not there yet; I'll create it.",
              file);
    if (there) {
        call_one(t, "ReadText", "file_path", file);
        turn_execute(t);
        turn_message(t);
        snprintf(changed, sizeof changed, "%s (edited)", line);
        call_edit(t, file, line, changed);
    } else {
        call_edit(t, file, NULL, "# New file\n\nWritten by the demo.\nChange me with `edit`.\n");
    }
    turn_execute(t);
    bool no = denied(t, 0);
    turn_message(t);
    turn_sayf(t, no ? "`%s` stays as it is." : "`%s` is changed.", file);
}

static void do_two(struct turn *t, const struct step *s) {
    (void)s;
    turn_say(t, "Two things at once: list the files and write a note.");
    call_one(t, "Bash", "command", "ls -l && rm -f notes/old.txt");
    call_edit(t, "notes.md", NULL, "# Notes\n\nThe second of two requests.\n");
    turn_execute(t);
    bool first = !denied(t, 0), second = !denied(t, 1);
    turn_message(t);
    turn_sayf(t, "The command was %s and the note was %s.", first ? "run" : "not run",
              second ? "written" : "not written");
}

static void do_ask(struct turn *t, const struct step *s) {
    static const struct {
        const char *response, *title, *message;
    } kinds[] = {
        {"choice", "How shall the files be sorted?",
         "The list has 12 entries. Pick an order; it is used for the answer only."},
        {"text", "What shall the file be called?", "One line; it is used for the answer only."},
        {"acknowledge", "The checks take a while.", "Say that you know; nothing else happens."},
    };
    const size_t kind = s->word == WORD_ASK_TEXT ? 1 : s->word == WORD_ASK_OK ? 2 : 0;
    char input[160];
    if (t->d->o.version < GEN_LATE) {
        turn_say(t,
                 "Servers of this generation have no notifications, so I cannot ask you anything.");
        return;
    }
    turn_say(t, kind == 0 ? "Before I go on I need your choice." : "Before I go on, one thing.");
    snprintf(input, sizeof input, "{\"title\":\"%s\",\"response_type\":\"%s\"}", kinds[kind].title,
             kinds[kind].response);
    struct plan p = {.tool = "Notify",
                     .input = input,
                     .a = kinds[kind].message,
                     .b = kinds[kind].response,
                     .c = kinds[kind].title};
    turn_call(t, &p);
    turn_execute(t);
    char answer[512];
    snprintf(answer, sizeof answer, "%s", turn_result(t, 0));
    turn_message(t);
    turn_sayf(t, "%s\n\nThank you, that is all I wanted to know.", answer);
}

static void do_plan(struct turn *t, const struct step *s) {
    auto_free char *about = argument(s);
    const char *topic = *about ? about : "the work";
    turn_think(t, "What has to happen first? The files must be known before anything is changed. "
                  "Then one small "
                  "step at a time, each with a check.");
    turn_sayf(t, "Here is my plan for %s.", topic);
    auto_buf struct buf plan = {.max = INPUT_MAX};
    auto_buf struct buf in = {.max = INPUT_MAX};
    buf_addf(
        &plan,
        "# Plan: %s\n\n1. Read the files of the session.\n2. Make the change in **one** place.\n3. "
        "Run the checks:\n   - `ls`\n   - `grep`\n\n> Nothing is changed before you say so.\n",
        topic);
    json_open(&in, NULL, '{');
    json_str(&in, "plan", buf_str(&plan));
    json_close(&in, '}');
    struct plan p = {
        .tool = "ExitPlanMode", .input = buf_str(&in), .b = "The plan was shown to the user."};
    turn_call(t, &p);
    turn_execute(t);
    turn_message(t);
    turn_say(t, "The plan is ready. Shall I proceed?");
}

static void do_todo(struct turn *t, const struct step *s) {
    (void)s;
    turn_say(t, "I'll keep a list while I work.");
    for (size_t done = 0; done <= MIX_COUNT(todo_items); done++) {
        if (done)
            turn_message(t);
        call_todo(t, done);
        turn_execute(t);
        turn_pause(t, 400);
    }
    turn_message(t);
    turn_sayf(t, "All %zu points are done.", MIX_COUNT(todo_items));
}

static void do_task(struct turn *t, const struct step *s) {
    auto_free char *prompt = argument(s);
    if (t->parent) {
        turn_say(t, "A sub-agent cannot start another one.");
        return;
    }
    const char *what = *prompt ? prompt : "look at the files";
    char title[64];
    text_cut(title, 40, what, strcspn(what, "\n"));
    auto_buf struct buf in = {.max = INPUT_MAX};
    json_open(&in, NULL, '{');
    json_str(&in, "description", title);
    json_str(&in, "prompt", what);
    json_str(&in, "subagent_type", "general-purpose");
    json_close(&in, '}');
    turn_call(t, &(struct plan){.tool = "Task", .input = buf_str(&in), .a = what, .b = title});
    turn_execute(t);
    char result[600];
    text_cut(result, sizeof result, turn_result(t, 0), SIZE_MAX);
    turn_message(t);
    turn_sayf(t, "The sub-agent reports:\n\n> %s\n", result);
}

static void do_think(struct turn *t, const struct step *s) {
    auto_free char *about = argument(s);
    turn_think(
        t, "Let me take this apart. There are three questions in it. First: what is really asked? "
           "Second: "
           "what do the files say about it? Third: what would be wrong with the obvious answer?\n\n"
           "The obvious answer is usually right, but it hides one case: an empty folder. With that "
           "case in "
           "mind the answer gets shorter, not longer. ");
    turn_think(t, "So: say what is certain, name what is not, and stop.");
    turn_sayf(t, "I thought about %s. It is simpler than it looks: begin with the smallest file.",
              *about ? about : "it");
}

static void do_long(struct turn *t, const struct step *s) {
    (void)s;
    turn_message(t);
    for (int i = 1; i <= 60; i++) {
        turn_sayf(t, "%d. Still at work, second %d of 60.\n", i, i);
        turn_pause(t, 700);
    }
    turn_say(t, "\nThat took a minute.");
}

static void do_flood(struct turn *t, const struct step *s) {
    auto_free char *count = argument(s);
    char *rest = NULL;
    long n = strtol(count, &rest, 10), rate = strtol(rest, NULL, 10);
    turn_message(t);
    turn_flood(t, n < 0 ? 0 : n > 2000000 ? 2000000 : n, rate);
}

static void do_fail(struct turn *t, const struct step *s) {
    (void)s;
    turn_say(t, "This is going to go wrong");
    turn_fail(t, "POST \"https://api.anthropic.com/v1/messages\": 529 overloaded");
}

static void do_limit(struct turn *t, const struct step *s) {
    (void)s;
    turn_message(t);
    turn_pause(t, 500);
    t->limited = true;
    turn_fail(t, "429 Too Many Requests: rate limit of the provider reached");
}

static void do_table(struct turn *t, const struct step *s) {
    (void)s;
    show_table(t);
}

static void do_code(struct turn *t, const struct step *s) { show_code(t, s->arg, s->n); }

static void do_picture(struct turn *t, const struct step *s) {
    (void)s;
    show_picture(t);
}

static void do_kinds(struct turn *t, const struct step *s) {
    (void)s;
    show_kinds(t);
}

static void do_answer(struct turn *t, const struct step *s) {
    (void)s;
    answer_about_files(t, t->text);
}

static void (*const scripts[])(struct turn *t, const struct step *s) = {
    [WORD_RUN] = do_run,      [WORD_EDIT] = do_edit,       [WORD_TWO] = do_two,
    [WORD_ASK] = do_ask,      [WORD_PLAN] = do_plan,       [WORD_TODO_LIST] = do_todo,
    [WORD_TASK] = do_task,    [WORD_THINK] = do_think,     [WORD_TABLE] = do_table,
    [WORD_CODE] = do_code,    [WORD_PICTURE] = do_picture, [WORD_LONG] = do_long,
    [WORD_FLOOD] = do_flood,  [WORD_FAIL] = do_fail,       [WORD_LIMIT] = do_limit,
    [WORD_ASK_TEXT] = do_ask, [WORD_ASK_OK] = do_ask,      [WORD_KINDS] = do_kinds,
    [WORD_COUNT] = do_answer,
};

void script_run(struct turn *t) {
    struct step steps[STEPS_MAX];
    size_t n = words_read(t->text, steps);
    if (t->plan_mode) {
        do_plan(t, &(struct step){WORD_PLAN, t->text, strlen(t->text)});
        return;
    }
    if (t->parent && steps[0].word == WORD_COUNT) { /* "look around and run make" */
        const char *run = strcasestr(t->text, "run ");
        if (run)
            steps[0] = (struct step){WORD_RUN, run + 4, strlen(run + 4)};
    }
    if (*t->thinking_level && strcmp(t->thinking_level, "off") != 0)
        turn_think(t,
                   "I was asked to think about this first. What is there, what is wanted, and what "
                   "is the shortest way from one to the other?");
    for (size_t i = 0; i < n; i++) {
        if (i)
            turn_message(t);
        scripts[steps[i].word](t, &steps[i]);
    }
}
