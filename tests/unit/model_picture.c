/* Pictures: read from what a program says, fetched only while somebody looks, kept within bounds.
 */
#include <errno.h>
#include <locale.h>

#include "mix/picture.h"
#include "model_kit.h"

/* ---- names ---- */

static void pictures_are_known_by_their_names(void **state) {
    static const struct {
        const char *file, *name; /* NULL: it is none */
    } table[] = {
        {"a.png", "a.png"},
        {"A photo.JPEG", "A photo.JPEG"},
        {"dir/sub/a.webp", "a.webp"},
        {"film.mp4", "film.mp4"},
        {"http://h:1/api/sessions/s9/files/shot.png?x=1", "shot.png"},
        {"file:///srv/storage/s1/a.gif", "a.gif"},
        {"https://elsewhere.example/a.png", NULL}, /* never asked for */
        {"a.txt", NULL},
        {"png", NULL},
        {".png", NULL},
        {"a.png/", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        size_t n;

        assert_int_equal(picture_named(table[i].file), table[i].name != NULL);
        if (table[i].name) {
            const char *name = picture_name(table[i].file, &n);

            assert_int_equal(n, strlen(table[i].name));
            assert_memory_equal(name, table[i].name, n);
        }
    }
    assert_true(picture_film("x.MOV"));
    assert_false(picture_film("x.png"));
    assert_false(picture_named(NULL));
}

/* ---- wanting ---- */

static const char *const ids[] = {"s1", "s2"};

static struct kit *start(void) {
    struct kit *k =
        kit_online_with((struct model_config){.url = "http://localhost:8088"}, GEN_TOP, ids, 2);

    k->disk_slow = true;
    act_terminal(k->m, &(struct terminal){.colours = 256, .cell_w = 8, .cell_h = 16});
    return k;
}

/* A frame in which a view wants these, and what follows from it. */
static void frame(struct kit *k, const char *const *files) {
    for (; files && *files; files++)
        picture_want(k->m, *files, 20, 10);
    kit_paint(k);
    kit_pass(k, 0);
}

static const char *const one[] = {"a.png", NULL};

static const struct picture *seen(struct kit *k, const char *file) {
    return picture_of(k->m, file, 20, 10);
}

static struct task *running(const struct kit *k) {
    for (size_t i = k->fx->n_tasks; i-- > 0;)
        if (k->fx->tasks[i]->kind == TASK_RUN)
            return k->fx->tasks[i];
    return NULL;
}

/* Takes the program's task out and answers it. */
static void say(struct kit *k, struct err err, int status, const char *said) {
    for (size_t i = 0; i < k->fx->n_tasks; i++) {
        struct task *t = k->fx->tasks[i];

        if (t->kind != TASK_RUN)
            continue;
        memmove(k->fx->tasks + i, k->fx->tasks + i + 1,
                (k->fx->n_tasks - i - 1) * sizeof(struct task *));
        k->fx->n_tasks--;
        t->err = err;
        t->status = status;
        t->data = arena_strdup(&t->arena, said);
        t->len = strlen(said);
        model_task_done(k->m, t, k->now, k->real, k->fx);
        kit_step(k);
        return;
    }
    fail_msg("no program runs");
}

static void bytes(struct kit *k) { kit_reply(k, OP_FILE_GET, (char[]){"\377\330\0x"}, 4); }

static void assert_why(struct kit *k, const char *why) {
    assert_int_equal(seen(k, "a.png")->state, PICTURE_FAILED);
    assert_string_equal(seen(k, "a.png")->why, why);
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 1); /* it is not tried again */
}

static void a_picture_is_fetched_small_and_drawn_by_chafa(void **state) {
    struct kit *k = start();

    (void)state;
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 1);
    const struct request *r = kit_last(k, OP_FILE_GET);
    const struct file_ref *in = r->in;

    assert_string_equal(in->id, "s2");
    assert_string_equal(in->name, "a.png");
    assert_string_equal(in->thumb, "320");
    assert_null(r->local_path);
    assert_int_equal(r->options->retry->mode, RETRY_OFF);
    assert_int_equal(seen(k, "a.png")->state, PICTURE_WAITS);
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 1); /* once */
    bytes(k);
    const struct task *t = running(k);

    assert_non_null(t);
    assert_string_equal(t->argv[0], "chafa");
    assert_int_equal(t->len, 4);
    assert_memory_equal(t->data, "\377\330\0x", 4);
    assert_int_equal(t->limit_ms, 5000);
    assert_int_equal(t->most, 1 << 20);
    const uint64_t rev = k->m->rev;

    say(k, (struct err){0}, 0, "\033[0m\033[38;5;18;48;5;21mab\033[0m\n");
    assert_true(k->m->rev > rev);
    assert_int_equal(seen(k, "a.png")->state, PICTURE_READY);
    assert_int_equal(seen(k, "a.png")->w, 2);
    assert_int_equal(seen(k, "a.png")->cells[1].cp, 'b');
    frame(k, NULL);
    frame(k, one); /* looked away and back: it is kept */
    assert_int_equal(kit_count(k, OP_FILE_GET), 1);
    assert_int_equal(model_next_tick(k->m, k->now) >= 0 && model_next_tick(k->m, k->now) <= k->now,
                     0);
    kit_free(k);
}

static void below_256_colours_nothing_is_asked(void **state) {
    struct kit *k = start();

    (void)state;
    act_terminal(k->m, &(struct terminal){.colours = 16});
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 0);
    assert_int_equal(seen(k, "a.png")->state, PICTURE_FAILED);
    kit_free(k);
}

static void what_is_not_looked_at_is_cancelled(void **state) {
    struct kit *k = start();

    (void)state;
    frame(k, one);
    const uint32_t request = kit_last(k, OP_FILE_GET)->id;
    const size_t cancels = kit_count_kind(k, REQ_CANCEL);

    frame(k, NULL);
    assert_int_equal(kit_count_kind(k, REQ_CANCEL), cancels + 1);
    assert_int_equal(k->sent[k->n_sent - 1]->target, request);
    const size_t said = k->m->n_notices;

    kit_fail_id(k, request, OP_FILE_GET, RC_CANCELLED, 0, 0);
    assert_int_equal(k->m->n_notices, said); /* nobody is told */
    frame(k, one);                           /* looked at again: begun anew */
    assert_int_equal(kit_count(k, OP_FILE_GET), 2);
    bytes(k);
    const uint32_t task = running(k)->id;

    frame(k, NULL);
    const struct task *t = k->fx->tasks[k->fx->n_tasks - 1];

    assert_int_equal(t->kind, TASK_CANCEL);
    assert_int_equal(t->target, task);
    say(k, (struct err){.rc = RC_CANCELLED}, 0, "");
    assert_int_equal(seen(k, "a.png")->state, PICTURE_WAITS);
    kit_free(k);
}

static void few_are_on_their_way_at_once(void **state) {
    static const char *const many[] = {"a.png", "b.png", "c.png", "d.png", "e.png", NULL};
    struct kit *k = start();

    (void)state;
    frame(k, many);
    assert_int_equal(kit_count(k, OP_FILE_GET), 3);
    assert_int_equal(model_next_tick(k->m, k->now) >= 0 && model_next_tick(k->m, k->now) <= k->now,
                     0); /* and it does not spin */
    kit_http_fail(k, OP_FILE_GET, 500);
    kit_pass(k, 0);
    assert_int_equal(kit_count(k, OP_FILE_GET), 4);
    kit_free(k);
}

static void a_thumbnail_that_is_large_is_refused_early(void **state) {
    struct kit *k = start();

    (void)state;
    frame(k, one);
    struct incoming *in = incoming_new(IN_PROGRESS, kit_last(k, OP_FILE_GET)->id);
    const size_t cancels = kit_count_kind(k, REQ_CANCEL);

    in->op = OP_FILE_GET;
    in->done = 1000;
    in->total = 100 << 20;
    kit_apply(k, in);
    assert_int_equal(kit_count_kind(k, REQ_CANCEL), cancels + 1);
    assert_why(k, "the thumbnail is larger than 4 MiB");
    kit_free(k);
}

static void what_goes_wrong_is_said_in_one_line(void **state) {
    static const struct {
        struct err err;
        int status;
        const char *said, *why;
    } table[] = {
        {{0}, 2, "", "not a picture: chafa cannot read it"},
        {{.text = "chafa: Failed to open '-': Unknown file format"},
         2,
         "",
         "not a picture: Unknown file format"},
        {{.rc = RC_TIMEOUT, .text = "late"}, 137, "", "chafa took too long"},
        {{.rc = RC_LIMIT, .text = "chafa: it says more than is taken"},
         137,
         "",
         "chafa: it says more than is taken"},
        {{.rc = RC_IO, .detail = ENOENT}, 0, "", "pictures need the program chafa"},
        {{0}, 0, "", "chafa said what is no picture"},
        {{0}, 0, "\033[2J", "chafa said what is no picture"},
        {{0}, 0, "a row that is longer than was asked for", "chafa drew it larger than was asked"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();

        frame(k, one);
        bytes(k);
        say(k, table[i].err, table[i].status, table[i].said);
        assert_why(k, table[i].why);
        kit_free(k);
    }
}

static void a_server_that_makes_no_thumbnails_is_heard(void **state) {
    struct kit *k = start();

    (void)state;
    frame(k, one);
    kit_http_fail(k, OP_FILE_GET, 500);
    assert_why(k, "it failed with 500");
    kit_pass(k, 100000);
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 1);
    act_files_refresh(k->m, k->fx); /* the person asks for all of it again */
    kit_step(k);
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 2);
    kit_fail_at(k, OP_FILE_GET, RC_CONNECT, 0, 0);
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 2);
    kit_pass(k, 20000); /* a bad line may be better now */
    frame(k, one);
    assert_int_equal(kit_count(k, OP_FILE_GET), 3);
    kit_free(k);
}

static void without_chafa_nothing_more_is_fetched(void **state) {
    static const char *const two[] = {"a.png", "b.png", NULL};
    struct kit *k = start();

    (void)state;
    frame(k, one);
    bytes(k);
    say(k, (struct err){.rc = RC_IO, .detail = ENOENT}, 0, "");
    frame(k, two);
    assert_int_equal(kit_count(k, OP_FILE_GET), 1);
    assert_int_equal(seen(k, "b.png")->state, PICTURE_FAILED);
    kit_free(k);
}

static void the_moment_of_a_film_is_asked_for(void **state) {
    struct kit *k = start();

    (void)state;
    act_picture_open(k->m, "film.mp4");
    act_picture_time(k->m, -1);
    act_picture_time(k->m, 1);
    act_picture_time(k->m, 1);
    const struct picture_ask ask = picture_preview(k->m, 100, 30);

    picture_want_as(k->m, &ask);
    kit_paint(k);
    kit_pass(k, 0);
    const struct file_ref *in = kit_last(k, OP_FILE_GET)->in;

    assert_string_equal(in->thumb, "1024");
    assert_true(in->time > 9.9 && in->time < 10.1);
    act_picture_close(k->m);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    kit_free(k);
}

static void pixels_are_asked_for_where_the_terminal_takes_them(void **state) {
    static const char kitty[] = "\033_Ga=T,f=32,s=1,v=1,c=2,r=1;AAAAAA==\033\\\n";
    struct kit *k = start();
    struct picture_ask ask;

    (void)state;
    act_terminal(k->m, &(struct terminal){
                           .colours = 256, .graphics = GRAPHICS_KITTY, .cell_w = 8, .cell_h = 16});
    act_picture_open(k->m, "a.png");
    assert_null(picture_full(k->m, &ask)); /* the preview is of cells */
    act_picture_full(k->m);
    ask = picture_preview(k->m, k->m->ui.cols, k->m->ui.rows - 1);
    picture_want_as(k->m, &ask);
    kit_paint(k);
    kit_pass(k, 0);
    assert_null(picture_full(k->m, &ask));
    bytes(k);
    assert_string_equal(running(k)->argv[2], "kitty");
    say(k, (struct err){0}, 0, kitty);
    const struct picture *p = picture_full(k->m, &ask);

    assert_non_null(p);
    assert_int_equal(p->n, sizeof kitty - 2);
    assert_int_equal(p->w, 2);
    act_picture_close(k->m);
    assert_null(picture_full(k->m, &ask));
    assert_int_equal(k->m->ui.over, OVER_PICTURE);
    kit_free(k);
}

/* ---- the one that is meant ---- */

static void the_picture_of_the_selected_line_is_found(void **state) {
    static const struct {
        enum part_kind kind;
        const char *name, *text, *result, *screenshots;
        const char *file; /* NULL: none is in it */
        bool shows;
    } table[] = {
        {PART_TOOL, "Show", "{\"outputs\":[{\"path\":\"/srv/my sea.jpg\"}]}", NULL, NULL,
         "/srv/my sea.jpg", true},
        {PART_TOOL, "Bash", "{\"command\":\"convert a.png b.gif\"}", NULL, NULL, "a.png", false},
        {PART_TOOL, "Bash", "{}", "written to out.png.", NULL, "out.png", false},
        {PART_TOOL, "Browser", "{\"url\":\"https://x.example/y.png\"}", "ok",
         "http://h:1/api/sessions/s1/files/shot.png\n", "http://h:1/api/sessions/s1/files/shot.png",
         true},
        {PART_TOOL, "Bash", "{\"command\":\"ls\"}", "a.txt\nb.c", NULL, NULL, false},
        {PART_TOOL, "Show", "{\"path\":\"https://x.example/y.png\"}", NULL, NULL, NULL, false},
        {PART_TEXT, NULL, "As (see chart.png) shows.", NULL, NULL, "chart.png", false},
        {PART_TEXT, NULL, "![the chart](files/chart.png)", NULL, NULL, "files/chart.png", true},
        {PART_TEXT, NULL, "nothing... at all!", NULL, NULL, NULL, false},
        {PART_TEXT, NULL, "", NULL, NULL, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct part part = {.kind = table[i].kind,
                            .name = table[i].name,
                            .text = table[i].text,
                            .len = strlen(table[i].text),
                            .result = table[i].result,
                            .screenshots = table[i].screenshots};
        struct entry entry = {.parts = &part, .n_parts = 1};
        struct session s = {.transcript = {.entries = &entry, .n = 1}};
        auto_free char *file = picture_selected(&s), *shown = picture_shown_by(&s);

        if (!str_eq(file, table[i].file) || (shown != NULL) != table[i].shows)
            fail_msg("row %zu: %s", i, file ? file : "none");
        s.reading.sel_part = 1;
        assert_null(picture_selected(&s));
        s.reading.sel_entry = 1;
        assert_null(picture_shown_by(&s));
    }
    assert_null(picture_selected(NULL));
}

static void what_is_kept_is_bounded(void **state) {
    struct kit *k = start();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d.png", i);
        frame(k, (const char *const[]){name, NULL});
        kit_http_fail(k, OP_FILE_GET, 500);
    }
    frame(k, (const char *const[]){"0.png", NULL}); /* forgotten long ago */
    assert_int_equal(kit_count(k, OP_FILE_GET), 1001);
    frame(k, (const char *const[]){"999.png", NULL});
    assert_int_equal(kit_count(k, OP_FILE_GET), 1001);
    kit_free(k);
}

/* A URL in a message is somebody's word: it names a session, not a way up. */
static void a_url_names_no_way_up(void **state) {
    static const char *const files[] = {"http://h:1/api/sessions/../files/a.png", NULL};
    struct kit *k = start();

    (void)state;
    frame(k, files);
    const struct request *r = kit_last(k, OP_FILE_GET);

    assert_non_null(r);
    assert_string_equal(((const struct file_ref *)r->in)->id, "s2");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_known_by_their_names),
        cmocka_unit_test(a_picture_is_fetched_small_and_drawn_by_chafa),
        cmocka_unit_test(below_256_colours_nothing_is_asked),
        cmocka_unit_test(what_is_not_looked_at_is_cancelled),
        cmocka_unit_test(few_are_on_their_way_at_once),
        cmocka_unit_test(a_thumbnail_that_is_large_is_refused_early),
        cmocka_unit_test(what_goes_wrong_is_said_in_one_line),
        cmocka_unit_test(a_server_that_makes_no_thumbnails_is_heard),
        cmocka_unit_test(without_chafa_nothing_more_is_fetched),
        cmocka_unit_test(the_moment_of_a_film_is_asked_for),
        cmocka_unit_test(pixels_are_asked_for_where_the_terminal_takes_them),
        cmocka_unit_test(the_picture_of_the_selected_line_is_found),
        cmocka_unit_test(what_is_kept_is_bounded),
        cmocka_unit_test(a_url_names_no_way_up),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
