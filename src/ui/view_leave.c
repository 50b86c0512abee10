/* view_leave.c - what is said before somebody leaves: of each server what becomes of the agents
 * that work there, and what is not sent yet. */
#include "overlay.h"

static void say_agents(const struct model *m, const struct model *peer, struct buf *out) {
    const size_t n = model_working(peer);
    const bool one = n == 1, suspends = m->ui.leaving == LEAVE_SUSPEND;

    (void)buf_addf(out, "%zu agent%s work%s: ", n, one ? "" : "s", one ? "s" : "");
    if (peer->server.demo && !suspends)
        (void)buf_addf(out, "the demo ends with mixtui, and %s with it. ", one ? "it" : "they");
    else if (peer->server.caps.sync_send)
        (void)buf_addf(out, "this server %s %s. ", suspends ? "may cancel" : "cancels",
                       one ? "it" : "them");
    else
        (void)buf_addf(out, "%s on; %s requests will be denied after 30 s. ",
                       one ? "it goes" : "they go", one ? "its" : "their");
}

static void say_things(const struct model *peer, struct buf *out, bool suspends) {
    const size_t moving = model_transfers(peer), unsent = model_unsent(peer),
                 unsaved = model_unsaved(peer);

    if (moving > 0)
        (void)buf_addf(out, "%zu transfer%s under way %s%s. ", moving, moving == 1 ? "" : "s",
                       suspends ? "stop" : "end", moving == 1 ? "s" : "");
    if (unsent > 0)
        (void)buf_addf(out, "%zu message%s in queues %s not sent: %s on disk. ", unsent,
                       unsent == 1 ? "" : "s", unsent == 1 ? "is" : "are",
                       unsent == 1 ? "it stays" : "they stay");
    if (unsaved > 0)
        (void)buf_addf(out,
                       "The disk takes no drafts: what is typed in %zu session%s is lost when you "
                       "leave. ",
                       unsaved, unsaved == 1 ? "" : "s");
}

static bool has_news(const struct model *peer) {
    return model_working(peer) + model_transfers(peer) + model_unsent(peer) + model_unsaved(peer) >
           0;
}

void say_leave(const struct model *m, struct buf *out) {
    const struct model *peer;
    size_t servers = 0, working = 0, unsaved = 0, said = 0;

    for (size_t i = 0; (peer = model_peer(m, i)); i++) {
        servers++;
        working += model_working(peer);
        unsaved += model_unsaved(peer);
    }
    for (size_t i = 0; (peer = model_peer(m, i)); i++) {
        if (!has_news(peer))
            continue;
        if (said++ > 0)
            (void)buf_adds(out, "\n");
        if (servers > 1)
            (void)buf_addf(out, "%s: ", server_name(peer));
        if (model_working(peer) > 0)
            say_agents(m, peer, out);
        say_things(peer, out, m->ui.leaving == LEAVE_SUSPEND);
    }
    if (working == 0)
        (void)buf_addf(out, "%sNo agent works.%s", said > 0 ? "\n" : "",
                       unsaved > 0 ? "" : " Drafts stay on disk.");
}
