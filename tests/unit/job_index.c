/* The index: what was added is found, whatever is typed, whatever the file was. */
#include "job_kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], file[128];
static struct job *job;

static int begin(void **state) {
    (void)state;
    if (kit_dir(dir) != 0)
        return -1;
    snprintf(file, sizeof file, "%s/cache/mixtui/index-x.db", dir);
    job = job_new();
    return 0;
}

static int finish(void **state) {
    (void)state;
    job_free(TAKE(job));
    return kit_dir_remove(dir);
}

/* ---- asking ---- */
static struct task *ask(struct task *t) {
    const uint32_t id = t->id;

    assert_int_equal(job_send(job, t), RC_OK);
    t = kit_next(job);
    assert_int_equal(t->id, id);
    return t;
}

static struct task *adding(const char *session, const char *title, int64_t at, size_t n) {
    struct task *t = task_new(TASK_INDEX_ADD, file);

    t->index.session = arena_strdup(&t->arena, session);
    t->index.title = arena_strdup(&t->arena, title);
    t->index.at = at;
    t->index.rows = arena_alloc(&t->arena, (n ? n : 1) * sizeof *t->index.rows);
    return t;
}

static void add_text(struct task *t, const char *message, char role, const char *text) {
    struct index_row *row = &t->index.rows[t->index.n_rows];

    *row = (struct index_row){.message = arena_strdup(&t->arena, message),
                              .role = role,
                              .place = (int64_t)t->index.n_rows++,
                              .text = arena_strdup(&t->arena, text),
                              .len = strlen(text)};
}

static struct index_facts add_one(const char *session, const char *message, const char *text) {
    struct task *t = adding(session, "A title", 1000, 1);

    add_text(t, message, 'a', text);
    t = ask(t);
    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->index.done, 1);
    const struct index_facts facts = t->index.facts;

    task_free(t);
    return facts;
}

/* As often as it takes. */
static void add_all(struct task *t) {
    while (t->index.n_rows > 0) {
        t = ask(t);
        assert_int_equal(t->err.rc, RC_OK);
        t->index.rows += t->index.done;
        t->index.n_rows -= t->index.done;
        t->index.done = 0;
    }
    task_free(t);
}

static struct task *find(const char *query) {
    struct task *t = task_new(TASK_INDEX_FIND, file);

    t->index.query = arena_strdup(&t->arena, query);
    return ask(t);
}

static size_t count(const char *query) {
    struct task *t = find(query);
    const size_t n = t->index.n_rows;

    if (t->err.rc != RC_OK)
        print_error("%s: %s\n", query, t->err.text);
    assert_int_equal(t->err.rc, RC_OK);
    task_free(t);
    return n;
}

static struct index_facts facts(void) {
    struct task *t = ask(task_new(TASK_INDEX_FACTS, file));
    const struct index_facts f = t->index.facts;

    assert_int_equal(t->err.rc, RC_OK);
    task_free(t);
    return f;
}

static struct index_facts forget(const char *session) {
    struct task *t = task_new(TASK_INDEX_FORGET, file);

    t->index.session = arena_strdup(&t->arena, session);
    t = ask(t);
    assert_int_equal(t->err.rc, RC_OK);
    const struct index_facts f = t->index.facts;

    task_free(t);
    return f;
}

/* Empty ADDs until there is nothing left to do. */
static void settle(void) {
    for (int i = 0; facts().busy; i++) {
        struct task *t = ask(task_new(TASK_INDEX_ADD, file));

        assert_int_equal(t->err.rc, RC_OK);
        task_free(t);
        assert_true(i < 20000);
    }
}

static int mode_of(const char *end) {
    struct stat st;
    char path[160];

    snprintf(path, sizeof path, "%s%s", file, end);
    return stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

static void put(const char *bytes, size_t n) {
    char path[128];

    snprintf(path, sizeof path, "%s/cache", dir);
    (void)mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/cache/mixtui", dir);
    (void)mkdir(path, 0755);
    const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

static bool anywhere(const char *text) {
    static const char *const ends[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < MIX_COUNT(ends); i++) {
        char path[160];
        static char data[4 << 20];

        snprintf(path, sizeof path, "%s%s", file, ends[i]);
        auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
        const ssize_t n = fd >= 0 ? read(fd, data, sizeof data) : 0;

        if (n > 0 && memmem(data, (size_t)n, text, strlen(text)))
            return true;
    }
    return false;
}

/* ---- finding ---- */
static void what_was_added_is_found(void **state) {
    (void)state;
    static const struct {
        const char *query;
        size_t n;
    } cases[] = {
        {"quick", 1},
        {"QUICK", 1},
        {"qui", 1},
        {"qui ", 0},
        {"quick fox", 1},
        {"fox quick", 1},
        {"quick wolf", 0},
        {"\"quick brown\"", 1},
        {"\"brown quick\"", 0},
        {"naive cafe", 1},
        {"na\xc3\xafve", 1},
        {"\"quick bro", 1},
        {"strasse", 0},
        {"stra\xc3\x9f"
         "e",
         1},
        {"snake_case", 1},
        {"path/to/file.c", 1},
        {"", 0},
        {"   ", 0},
        {"\"\"", 0},
        {"--", 0},
    };

    add_one("s1", "m1",
            "The quick brown fox. Na\xc3\xafve caf\xc3\xa9, Stra\xc3\x9f"
            "e; snake_case in "
            "path/to/file.c");
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        if (count(cases[i].query) != cases[i].n)
            print_error("case %zu: %s\n", i, cases[i].query);
        assert_int_equal(count(cases[i].query), cases[i].n);
    }
}

static void scripts_without_blanks_are_found_anywhere(void **state) {
    (void)state;
    static const char *const there[] = {
        "\xe6\x97\xa5\xe6\x9c\xac",             /* two kanji */
        "\xe6\x9c\xac\xe8\xaa\x9e",             /* from the middle */
        "\xe8\xaa\x9e",                         /* one */
        "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", /* katakana */
        "C\xe8\xa8\x80\xe8\xaa\x9e",            /* a letter and kanji */
        "\xed\x95\x9c\xea\xb5\xad",             /* Hangul without its ending */
        "\xe0\xb8\x97\xe0\xb8\x94\xe0\xb8\xaa\xe0\xb8\xad\xe0\xb8\x9a", /* Thai */
    };

    add_one("s1", "m1",
            "\xe3\x81\x93\xe3\x82\x8c\xe3\x81\xaf\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae"
            "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88\xe3\x81\xa7\xe3\x81\x99\xe3\x80\x82"
            "C\xe8\xa8\x80\xe8\xaa\x9e\xe3\x82\x82. \xed\x95\x9c\xea\xb5\xad\xec\x9d\x80. "
            "\xe0\xb8\x81\xe0\xb8\xb2\xe0\xb8\xa3\xe0\xb8\x97\xe0\xb8\x94\xe0\xb8\xaa\xe0\xb8\xad"
            "\xe0\xb8\x9a");
    for (size_t i = 0; i < MIX_COUNT(there); i++)
        assert_int_equal(count(there[i]), 1);
    assert_int_equal(count("\xe6\x9c\xac\xe6\x97\xa5"), 0); /* the other way round */
}

static void a_row_tells_where_it_was_and_marks_the_hit(void **state) {
    (void)state;
    struct task *t = adding("s9", "Build", 5000, 2);

    add_text(t, "m1", 'u', "does the build pass?");
    add_text(t, "m1", 'a', "it fails: missing header");
    add_all(t);
    t = find("fails");
    assert_int_equal(t->index.n_rows, 1);
    const struct index_row *row = &t->index.rows[0];

    assert_string_equal(row->session, "s9");
    assert_string_equal(row->title, "Build");
    assert_string_equal(row->message, "m1");
    assert_int_equal(row->role, 'a');
    assert_int_equal(row->place, 1);
    assert_int_equal(row->at, 5000);
    assert_string_equal(row->text, "it \2fails\3: missing header");
    task_free(t);
}

/* Whatever somebody types is words: nothing of the language behind it comes through. */
static void hostile_questions_are_only_words(void **state) {
    (void)state;
    static const char *const queries[] = {
        "\"",
        "\"\"\"",
        "*",
        "a*b*",
        "text:foo",
        "-foo",
        "foo AND",
        "NOT",
        "OR OR",
        "NEAR(a b, 5)",
        "(",
        ")",
        "^foo",
        "foo^2",
        "{a b}:c",
        "a + b",
        "'",
        "';DROP TABLE words;",
        "\\",
        "%s%n",
        "?1",
        ":x",
        "\x01\x02",
        "\xff\xfe",
        "\xc3",
        "\"a\" \"b",
        "a\"b\"c",
        "\t\n",
        "\xe2\x80\x8b",
        "\xf0\x9f\x98\x80",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    };

    add_one("s1", "m1", "NOT foo AND bar OR NEAR text");
    for (size_t i = 0; i < MIX_COUNT(queries); i++)
        (void)count(queries[i]);
    char *longest = xcalloc(1, 100001);

    memset(longest, 'x', 100000);
    (void)count(longest);
    memset(longest, '"', 100000);
    (void)count(longest);
    free(longest);
    assert_int_equal(count("NOT"), 1);
    assert_int_equal(count("foo AND bar"), 1);
    assert_int_equal(count("near("), 1);
    assert_int_equal(facts().messages, 1);
}

static void the_better_and_the_newer_come_first(void **state) {
    (void)state;
    const int64_t month = (int64_t)30 * 24 * 3600 * 1000;
    struct task *t = adding("new", "New", 100 * month, 1);

    add_text(t, "m", 'a', "needle in a haystack of words");
    task_free(ask(t));
    t = adding("old", "Old", month, 1);
    add_text(t, "m", 'a', "needle in a haystack of words");
    task_free(ask(t));
    t = adding("good", "Good", month, 1);
    add_text(t, "m", 'a', "needle needle needle");
    task_free(ask(t));
    t = find("needle");
    assert_int_equal(t->index.n_rows, 3);
    assert_string_equal(t->index.rows[0].session, "good");
    assert_string_equal(t->index.rows[1].session, "new");
    assert_string_equal(t->index.rows[2].session, "old");
    task_free(t);
}

static void words_that_are_everywhere_give_the_newest(void **state) {
    (void)state;
    for (int s = 0; s < 20; s++) {
        char name[16];

        snprintf(name, sizeof name, "s%d", s);
        struct task *t = adding(name, name, s, 50);

        for (int i = 0; i < 50; i++) {
            char id[16];

            snprintf(id, sizeof id, "m%d", i);
            add_text(t, id, 'a', "the same word");
        }
        add_all(t);
    }
    struct task *t = find("word");

    assert_int_equal(t->index.n_rows, 100);
    assert_true(t->index.more);
    task_free(t);
}

/* ---- adding ---- */
static void a_message_is_there_once_and_as_it_is_now(void **state) {
    (void)state;
    assert_int_equal(add_one("s1", "m1", "first words").messages, 1);
    assert_int_equal(add_one("s1", "m1", "first words").messages, 1);
    assert_int_equal(add_one("s1", "m1", "second words").messages, 1);
    assert_int_equal(count("first"), 0);
    assert_int_equal(count("second"), 1);
    assert_int_equal(add_one("s1", "m2", "first words").messages, 2);
    assert_int_equal(facts().sessions, 1);
}

static void the_title_follows(void **state) {
    (void)state;
    add_one("s1", "m1", "words");
    task_free(ask(adding("s1", "Another", 1, 0)));
    struct task *t = find("words");

    assert_string_equal(t->index.rows[0].title, "Another");
    assert_int_equal(t->index.rows[0].at, 1000);
    task_free(t);
}

static void nobody_else_reads_it(void **state) {
    struct stat st;
    char path[128];

    (void)state;
    const mode_t before = umask(0);

    add_one("s1", "m1", "words");
    umask(before);
    assert_int_equal(mode_of(""), 0600);
    assert_int_equal(mode_of("-wal"), 0600);
    assert_int_equal(mode_of("-shm"), 0600);
    snprintf(path, sizeof path, "%s/cache/mixtui", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_mode_that_is_too_open_is_closed(void **state) {
    struct stat st;
    char path[128];

    (void)state;
    put("", 0);
    add_one("s1", "m1", "words");
    assert_int_equal(mode_of(""), 0600);
    snprintf(path, sizeof path, "%s/cache/mixtui", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

/* ---- looking makes nothing ---- */
static void looking_makes_no_file(void **state) {
    (void)state;
    assert_int_equal(count("words"), 0);
    assert_int_equal(facts().messages, 0);
    assert_int_equal(forget("s1").messages, 0);
    assert_int_equal(mode_of(""), -1);
}

/* ---- files that are none of ours ---- */
static void is_made_anew(void) {
    const struct index_facts f = add_one("s1", "m1", "words");

    assert_true(f.renewed);
    assert_int_equal(f.messages, 1);
    assert_int_equal(count("words"), 1);
    assert_true(mode_of(".damaged") >= 0);
    assert_int_equal(mode_of(".damaged") & 077, 0);
    assert_false(add_one("s1", "m2", "words").renewed);
}

static void garbage_is_put_aside(void **state) {
    (void)state;
    char bytes[8192];

    memset(bytes, 'x', sizeof bytes);
    put(bytes, sizeof bytes);
    is_made_anew();
}

static void somebody_elses_database_is_put_aside(void **state) {
    (void)state;
    char command[256];

    put("", 0);
    snprintf(command, sizeof command, "sqlite3 %s 'CREATE TABLE t(x); INSERT INTO t VALUES(1)'",
             file);
    if (system(command) != 0) { /* without that program: the head of a database of 1 page */
        char head[512] = "SQLite format 3";

        put(head, sizeof head);
    }
    is_made_anew();
}

static void a_torn_database_is_put_aside(void **state) {
    (void)state;
    for (int i = 0; i < 40; i++) {
        char id[16];

        snprintf(id, sizeof id, "m%d", i);
        add_one("s1", id, "some words that fill a page or two of the index with this and that");
    }
    job_free(TAKE(job)); /* everything is in the file then */
    struct stat st;

    assert_int_equal(stat(file, &st), 0);
    const int fd = open(file, O_WRONLY | O_CLOEXEC);
    char bytes[4096];

    assert_true(fd >= 0);
    memset(bytes, 0xa5, sizeof bytes);
    for (off_t at = 4096; at < st.st_size; at += 4096) /* all but the first page */
        assert_int_equal(pwrite(fd, bytes, sizeof bytes, at), sizeof bytes);
    close(fd);
    job = job_new();
    is_made_anew();
}

static void a_file_that_goes_away_is_made_anew(void **state) {
    (void)state;
    add_one("s1", "m1", "words");
    assert_int_equal(unlink(file), 0);
    assert_int_equal(count("words"), 0);
    assert_int_equal(add_one("s1", "m1", "words").messages, 1);
    assert_int_equal(count("words"), 1);
}

static void a_link_is_not_followed(void **state) {
    char target[128];

    (void)state;
    put("", 0);
    snprintf(target, sizeof target, "%s/elsewhere", dir);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink(target, file), 0);
    struct task *t = adding("s1", "t", 1, 1);

    add_text(t, "m1", 'a', "words");
    t = ask(t);
    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->index.done, 0);
    assert_int_equal(access(target, F_OK), -1);
    task_free(t);
}

static void a_place_that_cannot_be_written_says_so(void **state) {
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/cache", dir);
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600); /* not a directory */

    assert_true(fd >= 0);
    close(fd);
    struct task *t = adding("s1", "t", 1, 1);

    add_text(t, "m1", 'a', "words");
    t = ask(t);
    assert_int_equal(t->err.rc, RC_IO);
    assert_non_null(strstr(t->err.text, "index-x.db"));
    task_free(t);
}

/* ---- forgetting ---- */
static void what_is_forgotten_is_not_in_the_file(void **state) {
    (void)state;
    add_one("s1", "m1", "a Zanzibarsecret word");
    for (int i = 0; i < 30; i++) {
        char id[16];

        snprintf(id, sizeof id, "m%d", i);
        add_one("s2", id, "and others that stay");
    }
    assert_true(anywhere("Zanzibarsecret"));
    assert_true(anywhere("anzibarsecret"));
    forget("s1");
    assert_int_equal(count("zanzibarsecret"), 0);
    settle();
    assert_false(anywhere("Zanzibarsecret"));
    assert_false(anywhere("anzibarsecret")); /* as a word, its head may be shared */
    assert_int_equal(facts().sessions, 1);
    assert_int_equal(count("stay"), 30);
    add_one("s1", "m1", "back again");
    assert_int_equal(count("again"), 1);
}

static void everything_is_forgotten_with_its_files(void **state) {
    (void)state;
    add_one("s1", "m1", "words");
    assert_int_equal(forget(NULL).bytes, 0);
    assert_int_equal(mode_of(""), -1);
    assert_int_equal(mode_of("-wal"), -1);
    assert_int_equal(mode_of("-shm"), -1);
    assert_int_equal(count("words"), 0);
}

/* At the end of the program, too: nobody comes back to it for that. */
static void forgetting_is_done_before_the_program_ends(void **state) {
    (void)state;
    for (int i = 0; i < 50; i++) {
        char id[16];

        snprintf(id, sizeof id, "m%d", i);
        add_one("s1", id, "a Zanzibarsecret word");
    }
    struct task *t = task_new(TASK_INDEX_FORGET, file);

    t->index.session = arena_strdup(&t->arena, "s1");
    assert_int_equal(job_send(job, t), RC_OK);
    job_free(TAKE(job));
    assert_false(anywhere("anzibarsecret"));
    job = job_new();
    assert_int_equal(facts().messages, 0);
}

/* ---- size ---- */
static void the_oldest_sessions_make_way(void **state) {
    (void)state;
    enum { MOST = 1 << 20, SESSIONS = 60, MESSAGES = 20 };
    char text[2000];

    for (int s = 0; s < SESSIONS; s++) {
        char name[16];

        snprintf(name, sizeof name, "s%d", s);
        struct task *t = adding(name, name, 1000 + s, MESSAGES);

        t->index.most = MOST;
        for (int i = 0; i < MESSAGES; i++) {
            char id[16];
            size_t n = 0;

            for (int w = 0; n < sizeof text - 32; w++)
                n += (size_t)snprintf(text + n, sizeof text - n, "w%dx%dy%d ", s, i, w);
            snprintf(id, sizeof id, "m%d", i);
            add_text(t, id, 'a', text);
        }
        for (int guard = 0; t->index.n_rows > 0; guard++) {
            t = ask(t);
            assert_int_equal(t->err.rc, RC_OK);
            t->index.rows += t->index.done;
            t->index.n_rows -= t->index.done;
            t->index.done = 0;
            assert_true(guard < 5000);
            assert_true(t->index.facts.bytes < MOST + 3 * (1 << 20)); /* and its log */
        }
        task_free(t);
    }
    settle();
    const struct index_facts f = facts();

    assert_true(f.bytes <= MOST);
    assert_true(f.sessions >= 3 && f.sessions < SESSIONS);
    assert_int_equal(count("w0x0y0"), 0);
    assert_int_equal(count("w59x0y0"), 1);
}

/* ---- time ---- */
static void an_add_takes_only_so_much_at_once(void **state) {
    enum { ROWS = 2000 };
    (void)state;
    struct task *t = adding("s1", "t", 1, ROWS);
    char *text = xcalloc(1, 30001);

    for (int i = 0; i < 30000; i++)
        text[i] = (char)(i % 7 == 6 ? ' ' : 'a' + (i * 7919 + i / 7) % 26);
    for (int i = 0; i < ROWS; i++) {
        char id[16];

        snprintf(id, sizeof id, "m%d", i);
        text[i % 30000] = (char)('a' + i % 26);
        t->index.rows[i] = (struct index_row){.message = arena_strdup(&t->arena, id),
                                              .role = 'a',
                                              .place = i,
                                              .text = arena_strdup(&t->arena, text),
                                              .len = 30000};
        t->index.n_rows++;
    }
    free(text);
    t = ask(t);
    assert_int_equal(t->err.rc, RC_OK);
    assert_in_range(t->index.done, 1, ROWS - 1);
    assert_int_equal(t->index.facts.messages, t->index.done);
    task_free(t);
}

static void a_question_is_given_up_when_it_is_cancelled(void **state) {
    (void)state;
    add_one("s1", "m1", "words");
    struct task *a = task_new(TASK_INDEX_FIND, file), *c = task_new(TASK_CANCEL, NULL);
    const uint32_t id = a->id;

    a->index.query = arena_strdup(&a->arena, "words");
    c->target = id;
    assert_int_equal(job_send(job, a), RC_OK);
    assert_int_equal(job_send(job, c), RC_OK);
    a = kit_next(job);
    assert_int_equal(a->id, id);
    assert_true(a->err.rc == RC_OK || a->err.rc == RC_CANCELLED);
    task_free(a);
}

/* ---- reading ---- */
static void a_message_is_read_with_those_around_it(void **state) {
    (void)state;
    struct task *t = adding("s1", "Title", 7, 60);

    for (int i = 0; i < 60; i++) {
        char id[16], text[32];

        snprintf(id, sizeof id, "m%d", i);
        snprintf(text, sizeof text, "message number %d", i);
        add_text(t, id, i % 2 ? 'a' : 'u', text);
    }
    add_all(t);
    t = task_new(TASK_INDEX_READ, file);
    t->index.session = arena_strdup(&t->arena, "s1");
    t->index.rows = arena_alloc(&t->arena, sizeof *t->index.rows);
    t->index.rows[0] = (struct index_row){.message = "m30", .role = 'u'};
    t->index.n_rows = 1;
    t = ask(t);
    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->index.n_rows, 41);
    assert_string_equal(t->index.rows[0].text, "message number 10");
    assert_string_equal(t->index.rows[20].text, "message number 30");
    assert_string_equal(t->index.rows[40].text, "message number 50");
    task_free(t);
}

#define AGAIN(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        AGAIN(what_was_added_is_found),
        AGAIN(scripts_without_blanks_are_found_anywhere),
        AGAIN(a_row_tells_where_it_was_and_marks_the_hit),
        AGAIN(hostile_questions_are_only_words),
        AGAIN(the_better_and_the_newer_come_first),
        AGAIN(words_that_are_everywhere_give_the_newest),
        AGAIN(a_message_is_there_once_and_as_it_is_now),
        AGAIN(the_title_follows),
        AGAIN(nobody_else_reads_it),
        AGAIN(a_mode_that_is_too_open_is_closed),
        AGAIN(looking_makes_no_file),
        AGAIN(garbage_is_put_aside),
        AGAIN(somebody_elses_database_is_put_aside),
        AGAIN(a_torn_database_is_put_aside),
        AGAIN(a_file_that_goes_away_is_made_anew),
        AGAIN(a_link_is_not_followed),
        AGAIN(a_place_that_cannot_be_written_says_so),
        AGAIN(what_is_forgotten_is_not_in_the_file),
        AGAIN(everything_is_forgotten_with_its_files),
        AGAIN(forgetting_is_done_before_the_program_ends),
        AGAIN(the_oldest_sessions_make_way),
        AGAIN(an_add_takes_only_so_much_at_once),
        AGAIN(a_question_is_given_up_when_it_is_cancelled),
        AGAIN(a_message_is_read_with_those_around_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
