/* retry.c - whether and when an operation is tried again.
 *
 * An attempt is repeated when the operation's row is SAFE and the failure may pass: no connection,
 * a connection lost, 408, 429 or 5xx (not 501, 505), within the limits of its policy. A Retry-After
 * is honoured up to a minute. Bytes that were passed on as they are cannot be taken back: nothing
 * is repeated after them. */
#include "call.h"

#include <stdio.h>

enum { RETRY_AFTER_CAP = 60000 };

bool retry_may_help(const struct err *err) {
    const int s = err->detail;

    if (err->rc == RC_HTTP)
        return s == 408 || s == 429 || (s >= 500 && s != 501 && s != 505);
    return err->rc == RC_CONNECT || (err->rc == RC_TIMEOUT && s == CURLE_OPERATION_TIMEDOUT);
}

static bool is_safe(const struct call *c) {
    if (c->route.retry.mode == RETRY_OFF || c->bytes_sent)
        return false;
    return call_is_probe(c) || c->spec->retry == RETRY_SAFE;
}

static bool plan(struct call *c, const struct err *err, int64_t told) {
    struct net *n = c->net;
    const struct retry_policy *p = &c->route.retry;

    if (!is_safe(c) || !retry_may_help(err) || c->attempt >= p->attempts)
        return false;
    int64_t delay = net_backoff(n, p, c->attempt);

    if (told >= 0 && net_delay(n, told < RETRY_AFTER_CAP ? told : RETRY_AFTER_CAP) > delay)
        delay = net_delay(n, told < RETRY_AFTER_CAP ? told : RETRY_AFTER_CAP);
    if (n->now + delay - c->began > net_delay(n, p->elapsed_ms) ||
        n->now + delay >= call_total_until(c))
        return false;
    c->retry_at = n->now + delay;
    c->state = CALL_RETRYING;
    return true;
}

void retry_or_fail(struct call *c, struct err *err) {
    const int status = task_status(&c->task);
    const int64_t told = err->rc == RC_HTTP ? task_retry_after(&c->task) : -1;
    const bool again = plan(c, err, told);

    if (told > RETRY_AFTER_CAP) {
        char said[96];

        if (again)
            snprintf(said, sizeof said, "; it asks for %lld s, but is asked again after %d s",
                     (long long)(told / 1000), RETRY_AFTER_CAP / 1000);
        else
            snprintf(said, sizeof said, "; it asks to wait %lld s", (long long)(told / 1000));
        const struct err why = *err;

        err_set(err, why.rc, why.detail, "%.140s%s", why.text, said);
    }
    if (!again) {
        call_fail(c, err, status);
        return;
    }
    struct incoming *in = incoming_new(IN_RETRY, c->req->id);

    in->err = *err;
    in->status = status;
    in->attempt = c->attempt;
    in->retry_at = c->retry_at;
    trace_retry(&c->flow, c->attempt, c->retry_at - c->net->now);
    fault_attach(c, in);
    emit(c->net, &c->flow, in);
    call_clear_attempt(c);
}
