/* What is said before somebody leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mix/servers.h"
#include "overlay.h"

enum { MOST = 3 };
struct place {
    struct model m;
    struct session sessions[MOST], *list[MOST];
    struct transfer moving;
};

static void work(struct place *p, size_t n) {
    for (size_t i = 0; i < MOST; i++) {
        p->sessions[i].turn = i < n ? TURN_RUNNING : TURN_IDLE;
        p->list[i] = &p->sessions[i];
    }
    p->m.sessions = p->list;
    p->m.n_sessions = MOST;
}

static void assert_says(const struct model *m, const char *want) {
    auto_buf struct buf out = {.max = 64 * MIX_KIB};

    say_leave(m, &out);
    if (!strstr(buf_str(&out), want))
        fail_msg("\"%s\" is not in: %s", want, buf_str(&out));
}

static void one_server_says_what_becomes_of_its_agents(void **state) {
    static const struct {
        size_t working;
        bool sync, demo;
        enum leaving how;
        const char *want;
    } rows[] = {
        {0, false, false, LEAVE_QUIT, "No agent works. Drafts stay on disk."},
        {2, true, false, LEAVE_QUIT, "2 agents work: this server cancels them."},
        {1, true, false, LEAVE_QUIT, "1 agent works: this server cancels it."},
        {2, false, false, LEAVE_QUIT,
         "2 agents work: they go on; their requests will be denied after 30 s."},
        {1, false, false, LEAVE_SUSPEND,
         "1 agent works: it goes on; its requests will be denied after 30 s."},
        {1, true, false, LEAVE_SUSPEND, "1 agent works: this server may cancel it."},
        {1, false, true, LEAVE_QUIT, "1 agent works: the demo ends with mixtui, and it with it."},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct place p = {0};

        work(&p, rows[i].working);
        p.m.server.caps.sync_send = rows[i].sync;
        p.m.server.demo = rows[i].demo;
        p.m.ui.leaving = rows[i].how;
        assert_says(&p.m, rows[i].want);
    }
}

static void each_server_speaks_for_itself(void **state) {
    struct place a = {0}, b = {0};
    char first[] = "home", second[] = "work";
    struct server_row rows[] = {{.name = first, .model = &a.m}, {.name = second, .model = &b.m}};
    struct servers s = {.rows = rows, .n_rows = 2, .shown = &a.m};

    (void)state;
    a.m.servers = b.m.servers = &s;
    work(&a, 1);
    work(&b, 2);
    b.m.server.caps.sync_send = true;
    assert_says(&a.m, "home: 1 agent works: it goes on; its requests will be denied after 30 s. \n"
                      "work: 2 agents work: this server cancels them.");
}

static void what_is_not_sent_and_what_moves_is_named(void **state) {
    struct place p = {0};
    struct queued waiting[2] = {{.id = 1}, {.id = 2}};

    (void)state;
    work(&p, 0);
    p.sessions[0].queue = waiting;
    p.sessions[0].n_queue = 2;
    p.m.files.transfers = &p.moving;
    p.m.files.n_transfers = 1;
    assert_says(&p.m, "1 transfer under way ends. 2 messages in queues are not sent: they stay on "
                      "disk. \nNo agent works.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_server_says_what_becomes_of_its_agents),
        cmocka_unit_test(each_server_speaks_for_itself),
        cmocka_unit_test(what_is_not_sent_and_what_moves_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
