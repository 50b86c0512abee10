/* The demo's answers against what was published: in each published generation every operation is
 * called, its answer, every refusal and every stream event is checked. Where real servers are known
 * to differ, the demo does as they do, and the difference is listed by name. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "facts.h"
#include "harness.h"
#include "mix/wire.h"

enum { PATIENCE_S = 30, CALLS = 64 };

static struct deviation deviations[] = {
    {NULL, "grantPermission", "200", "*", "is not published", "status, id and message instead", 0},
    {NULL, "denyPermission", "200", "*", "is not published", "status, id and message instead", 0},
    {NULL, "cancelSessionProcessing", "200", "*", "is not published", "status and sessionId", 0},
    {NULL, "listCommands", "200", "type", "is not published", "builtin or file", 0},
    {NULL, "getCommand", "200", "type", "is not published", "builtin or file", 0},
    {NULL, "healthCheck", "200", "environment", "is not published", "servers say it", 0},
    {NULL, "healthCheck", "200", "services", "is not published", "servers say it", 0},
    {"0.2.5", "sendMessage", "op", "200", "answers 500", "a turn that failed, or was denied", 0},
    {"0.2.5", "*", "*", "parentSessionId", "is not published", "forks have a parent", 0},
    {"0.8.1", "getPreferences", "200", "preferences", "is null", "none were saved", 0},
    {"0.8.1", "getToolsStatus", "*", "*", "", "published to the end, routed no longer", 0},
    {"0.8.1", "*", "error", ".", "is no object", "an unknown path is refused in plain text", 0},
    {"0.8.1", "rewindSession", "200", "browserMode", "\"\" is none of", "rewind leaves it blank",
     0},
};

static int port; /* of the demo */

/* ---- one generation under test ---- */
struct run {
    struct check check;
    const char *generation;
    int version;
    char session[64], other[64], message[64], file[64], state[256];
    char called[OP_COUNT], refused;
};

static size_t keep(char *p, size_t one, size_t n, void *arg) {
    return buf_add(arg, p, one * n) == RC_OK ? one * n : 0;
}

/* METHOD TARGET with a JSON body, or the bytes of a file under the multipart field `file`. */
static long http(const char *method, const char *target, const char *body, const char *upload,
                 struct buf *answer, char *type, size_t type_size) {
    char url[1024];
    long status = 0;
    const char *said = NULL;
    CURL *e = curl_easy_init();
    curl_mime *mime = NULL;

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, target);
    curl_easy_setopt(e, CURLOPT_URL, url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)PATIENCE_S);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, answer);
    if (upload) {
        mime = curl_mime_init(e);
        curl_mimepart *part = curl_mime_addpart(mime);

        curl_mime_name(part, "file");
        curl_mime_filename(part, upload);
        curl_mime_data(part, "some bytes\n", CURL_ZERO_TERMINATED);
        curl_easy_setopt(e, CURLOPT_MIMEPOST, mime);
    } else if (!str_eq(method, "GET")) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, body ? body : "");
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
    }
    assert_int_equal(curl_easy_perform(e), CURLE_OK);
    curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(e, CURLINFO_CONTENT_TYPE, &said);
    snprintf(type, type_size, "%s", said ? said : "");
    curl_easy_cleanup(e);
    curl_mime_free(mime);
    return status;
}

static void check_status(struct run *r, const char *of, long status, const char *published) {
    char word[16], text[64];

    snprintf(word, sizeof word, "%ld", status);
    if (!strstr(published, word)) {
        snprintf(text, sizeof text, "answers %ld", status);
        facts_complain(&r->check, of, "op", published, text);
    }
}

static const struct fact *op_fact(const struct run *r, const char *of) {
    for (size_t i = 0; i < r->check.facts->n; i++)
        if (str_eq(r->check.facts->v[i].of, of) && str_eq(r->check.facts->v[i].kind, "op"))
            return &r->check.facts->v[i];
    return NULL;
}

/* Calls an operation at a target and checks what comes back. The JSON is the caller's. */
static cJSON *call(struct run *r, enum op op, const char *target, const char *body,
                   const char *upload) {
    const char *of = op_spec(op)->operation_id;
    const struct fact *fact = op_fact(r, of);
    char type[128], kind[16];
    auto_buf struct buf answer = {.max = 16 * MIX_MIB};

    if (!fact)
        fail_msg("%s: %s was not published", r->generation, of);
    const long status = http(fact->place, target, body, upload, &answer, type, sizeof type);

    r->called[op] = 1;
    check_status(r, of, status, fact->rest);
    snprintf(kind, sizeof kind, "%ld", status);
    if (status == 204) {
        assert_int_equal(answer.n, 0);
        return NULL;
    }
    if (op_spec(op)->reply == REPLY_BYTES) {
        assert_true(answer.n > 0);
        return NULL;
    }
    if (strncmp(type, "application/json", 16) != 0)
        facts_complain(&r->check, of, kind, ".", "is not called JSON");
    cJSON *json = cJSON_Parse(buf_str(&answer));

    facts_check(&r->check, status < 300 ? of : "*", status < 300 ? kind : "error", json);
    return json;
}

static void just(struct run *r, enum op op, const char *target, const char *body) {
    if (op_fact(r, op_spec(op)->operation_id))
        cJSON_Delete(call(r, op, target, body, NULL));
}

/* A refusal in the published form. */
static void refusal(struct run *r, const char *method, const char *target, const char *body,
                    long want) {
    char type[128], text[64];
    auto_buf struct buf answer = {.max = MIX_MIB};
    const long status = http(method, target, body, NULL, &answer, type, sizeof type);
    cJSON *json = cJSON_Parse(buf_str(&answer));

    if (status != want) {
        snprintf(text, sizeof text, "answers %ld instead of %ld", status, want);
        facts_complain(&r->check, "*", "error", target, text);
    }
    facts_check(&r->check, "*", "error", json);
    r->refused++;
    cJSON_Delete(json);
}

static void take(char *out, size_t size, const cJSON *json, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(json, name);

    if (!cJSON_IsString(v))
        fail_msg("no %s in the answer", name);
    snprintf(out, size, "%s", v->valuestring);
}

/* ---- the stream: a thread that reads, a test that waits for words ---- */
struct listener {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct buf text;
    char url[256];
    atomic_bool stop;
};

static size_t hear(char *p, size_t one, size_t n, void *arg) {
    struct listener *l = arg;

    pthread_mutex_lock(&l->lock);
    buf_add(&l->text, p, one * n);
    pthread_cond_broadcast(&l->more);
    pthread_mutex_unlock(&l->lock);
    return one * n;
}

static int still(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    struct listener *l = arg;

    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&l->stop);
}

static void *listen_all(void *arg) {
    struct listener *l = arg;
    CURL *e = curl_easy_init();

    curl_easy_setopt(e, CURLOPT_URL, l->url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, l);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, still);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, l);
    curl_easy_perform(e);
    curl_easy_cleanup(e);
    return NULL;
}

static void listener_start(struct listener *l, const char *session) {
    *l = (struct listener){.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};
    buf_init(&l->text, 16 * MIX_MIB);
    snprintf(l->url, sizeof l->url, "http://127.0.0.1:%d/stream?sessionId=%s", port, session);
    assert_int_equal(pthread_create(&l->thread, NULL, listen_all, l), 0);
}

/* Waits for `words` behind `from`; where it ends. */
static size_t wait_for(struct listener *l, size_t from, const char *words) {
    struct timespec until;
    const char *at = NULL;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&l->lock);
    while (!(at = l->text.n > from ? strstr(buf_str(&l->text) + from, words) : NULL))
        if (pthread_cond_timedwait(&l->more, &l->lock, &until) != 0)
            break;
    const size_t end = at ? (size_t)(at - buf_str(&l->text)) + strlen(words) : 0;

    pthread_mutex_unlock(&l->lock);
    if (!at)
        fail_msg("\"%s\" did not come: %.2000s", words, buf_str(&l->text) + from);
    return end;
}

static void listener_stop(struct listener *l, struct run *r) {
    struct frame f;
    struct err err = {0};
    size_t n = 0;

    atomic_store(&l->stop, true);
    pthread_join(l->thread, NULL);
    struct sse *sse = sse_new(SSE_EVENT_CAP);

    assert_int_equal(sse_feed(sse, l->text.p, l->text.n, &err), RC_OK);
    while (sse_next(sse, &f)) {
        cJSON *json = cJSON_ParseWithLength(f.data, f.data_len);

        if (facts_have(r->check.facts, "complete", "event")) /* 0.2.5 published no stream */
            facts_check(&r->check, f.event, "event", json);
        cJSON_Delete(json);
        n++;
    }
    assert_true(n > 10);
    sse_free(sse);
    buf_fini(&l->text);
}

/* The id of the nth permission or notification behind `from`. */
static void event_id(struct listener *l, size_t from, const char *event, char *out, size_t size) {
    const size_t end = wait_for(l, from, event);
    const size_t id = wait_for(l, end, "\"id\":\"");

    (void)wait_for(l, id, "\"");
    pthread_mutex_lock(&l->lock);
    const char *at = buf_str(&l->text) + id;

    snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
    pthread_mutex_unlock(&l->lock);
}

static size_t heard(struct listener *l) {
    pthread_mutex_lock(&l->lock);
    const size_t n = l->text.n;

    pthread_mutex_unlock(&l->lock);
    return n;
}

/* ---- a turn ---- */
struct turn {
    struct run *run;
    char target[160], body[256];
    pthread_t thread;
    cJSON *answer;
    char type[64];
    long status;
};

static void *post_turn(void *arg) {
    struct turn *t = arg;
    auto_buf struct buf answer = {.max = 4 * MIX_MIB};

    t->status = http("POST", t->target, t->body, NULL, &answer, t->type, sizeof t->type);
    t->answer = cJSON_Parse(buf_str(&answer));
    return NULL;
}

/* Before 0.6.5 the answer comes when the turn is over, so somebody has to wait for it. */
static void turn_begin(struct turn *t, struct run *r, const char *text) {
    *t = (struct turn){.run = r};
    snprintf(t->target, sizeof t->target, "/api/sessions/%s/messages", r->session);
    snprintf(t->body, sizeof t->body, "{\"%s\":\"%s\"}",
             r->version < GEN(0, 4, 5) ? "content" : "text", text);
    assert_int_equal(pthread_create(&t->thread, NULL, post_turn, t), 0);
}

static void turn_end(struct turn *t) {
    char kind[16];

    pthread_join(t->thread, NULL);
    snprintf(kind, sizeof kind, "%ld", t->status);
    check_status(t->run, "sendMessage", t->status, op_fact(t->run, "sendMessage")->rest);
    facts_check(&t->run->check, t->status < 300 ? "sendMessage" : "*",
                t->status < 300 ? kind : "error", t->answer);
    t->run->called[OP_MESSAGE_SEND] = 1;
    cJSON_Delete(t->answer);
}

static void decide(struct run *r, enum op op, const char *id) {
    char target[160];

    snprintf(target, sizeof target, "/api/permissions/%s/%s", id,
             op == OP_PERMISSION_GRANT ? "grant" : "deny");
    just(r, op, target, "");
}

static void turns(struct run *r) {
    struct listener l;
    struct turn t;
    char id[64], target[160];
    size_t from;

    listener_start(&l, r->session);
    r->called[OP_STREAM] = 1;
    from = wait_for(&l, 0, "event: connected");
    turn_begin(&t, r, "run echo contract");
    event_id(&l, from, "event: permission", id, sizeof id);
    decide(r, OP_PERMISSION_GRANT, id);
    from = wait_for(&l, from, "event: complete");
    turn_end(&t);
    turn_begin(&t, r, "run touch never");
    event_id(&l, from, "event: permission", id, sizeof id);
    decide(r, OP_PERMISSION_DENY, id);
    /* where a refusal ends the turn, an error does */
    from = wait_for(&l, from, r->version < GEN_ASYNC ? "event: error" : "event: complete");
    turn_end(&t);
    static const char *const words[] = {"think about it", "todo list", "picture", "table"};

    for (size_t i = 0; i < MIX_COUNT(words); i++) {
        from = heard(&l);
        turn_begin(&t, r, words[i]);
        (void)wait_for(&l, from, "event: complete");
        turn_end(&t);
    }
    from = heard(&l);
    turn_begin(&t, r, "fail");
    (void)wait_for(&l, from, "event: error");
    turn_end(&t);
    if (r->version >= GEN_LATE) {
        from = heard(&l);
        turn_begin(&t, r, "ask me");
        event_id(&l, from, "event: notification", id, sizeof id);
        snprintf(target, sizeof target, "/api/notifications/%s/respond", id);
        just(r, OP_NOTIFICATION_RESPOND, target, "{\"type\":\"acknowledge\"}");
        (void)wait_for(&l, from, "event: complete");
        turn_end(&t);
    }
    listener_stop(&l, r);
}

/* ---- what else there is ---- */
static void at(char *out, size_t size, const char *format, const struct run *r) {
    size_t n = 0;

    for (const char *p = format; *p && n + 1 < size; p++) {
        const char *word = *p == '$'   ? r->session
                           : *p == '%' ? r->other
                           : *p == '#' ? r->file
                           : *p == '~' ? r->message
                                       : NULL;

        if (word)
            n += (size_t)snprintf(out + n, size - n, "%s", word);
        else
            out[n++] = *p;
    }
    out[n] = '\0';
}

/* $ the session, % another, # its file, ~ a message */
static const struct plain {
    enum op op;
    const char *target, *body;
} plain[] = {
    {OP_SESSIONS_LIST, "/api/sessions", NULL},
    {OP_SESSION_GET, "/api/sessions/$", NULL},
    {OP_MESSAGES_LIST, "/api/sessions/$/messages", NULL},
    {OP_MESSAGES_HISTORY, "/api/messages/history?limit=5&offset=0", NULL},
    {OP_SESSION_EXPORT, "/api/sessions/$/export", NULL},
    {OP_SESSION_CALLBACKS, "/api/sessions/$/callbacks",
     "{\"callbacks\":[{\"toolName\":\"*\",\"type\":\"bash_script\",\"bashCommand\":\"true\"}]}"},
    {OP_SESSION_GET, "/api/sessions/$", NULL},
    {OP_FILES_LIST, "/api/sessions/$/files", NULL},
    {OP_FILE_GET, "/api/sessions/$/files/#", NULL},
    {OP_FILE_DELETE, "/api/sessions/$/files/#", NULL},
    {OP_SESSION_CANCEL, "/api/sessions/$/cancel", ""},
    {OP_AUTH_API_KEY, "/api/auth/api-key",
     "{\"provider\":\"openai\",\"api_key\":\"sk-0123456789012345678901234567890123456789\"}"},
    {OP_AUTH_STATUS, "/api/auth/status", NULL},
    {OP_AUTH_VALIDATE, "/api/auth/validate", NULL},
    {OP_PREFERENCES_GET, "/api/preferences", NULL},
    {OP_PREFERENCES_UPDATE, "/api/preferences",
     "{\"preferred_provider\":\"anthropic\",\"main_agent_model\":\"claude-sonnet-4-5\","
     "\"main_agent_max_tokens\":4096}"},
    {OP_PREFERENCES_GET, "/api/preferences", NULL},
    {OP_PREFERENCES_PROVIDERS, "/api/preferences/providers", NULL},
    {OP_PREFERENCES_RESET, "/api/preferences/reset", ""},
    {OP_COMMANDS_LIST, "/api/commands", NULL},
    {OP_COMMAND_GET, "/api/commands/help", NULL},
    {OP_MCP_LIST, "/api/mcp", NULL},
    {OP_SYSTEM_INFO, "/api/system/info", NULL},
    {OP_HEALTH, "/health", NULL},
    {OP_HEALTH_AUTH, "/health/auth", NULL},
    {OP_REFRESH_TOKENS, "/internal/auth/refresh-tokens", ""},
    {OP_TOOLS_LIST, "/api/tools", NULL},
    {OP_TOOLS_STATUS, "/api/tools/status", NULL},
    {OP_TOOLS_CREDENTIALS, "/api/tools/credentials-status", NULL},
    {OP_SESSION_REWIND, "/api/sessions/$/rewind", "{\"messageId\":\"~\",\"cleanupMedia\":false}"},
    {OP_AUTH_DELETE, "/api/auth/openai", NULL},
    {OP_SESSION_DELETE, "/api/sessions/$", NULL},
};

static void create(struct run *r) {
    const char *body = r->version >= GEN_LATE
                           ? "{\"title\":\"contract\",\"browserMode\":\"local-browser-service\"}"
                           : "{\"title\":\"contract\"}";
    cJSON *json = call(r, OP_SESSION_CREATE, "/api/sessions", body, NULL);

    take(r->session, sizeof r->session, json, "id");
    cJSON_Delete(json);
}

static void upload(struct run *r) {
    char target[160];

    snprintf(target, sizeof target, "/api/sessions/%s/files/upload", r->session);
    cJSON *json = call(r, OP_FILE_UPLOAD, target, NULL, "some.txt");

    take(r->file, sizeof r->file, json, "name");
    cJSON_Delete(json);
}

static void fork_it(struct run *r) {
    char target[160];

    if (!op_fact(r, "forkSession"))
        return;
    snprintf(target, sizeof target, "/api/sessions/%s/fork", r->session);
    cJSON *json = call(r, OP_SESSION_FORK, target, "{\"messageIndex\":1}", NULL);

    take(r->other, sizeof r->other, json, "id");
    cJSON_Delete(json);
}

static void first_message(struct run *r) {
    char target[160];

    snprintf(target, sizeof target, "/api/sessions/%s/messages", r->session);
    cJSON *json = call(r, OP_MESSAGES_LIST, target, NULL, NULL);

    take(r->message, sizeof r->message, cJSON_GetArrayItem(json, 0), "id");
    cJSON_Delete(json);
}

static void oauth(struct run *r) {
    char body[512];
    cJSON *json = call(r, OP_AUTH_OAUTH_START, "/api/auth/oauth/anthropic", "", NULL);

    take(r->state, sizeof r->state, json, "state");
    cJSON_Delete(json);
    snprintf(body, sizeof body, "{\"provider\":\"anthropic\",\"code\":\"a-code\",\"state\":\"%s\"}",
             r->state);
    just(r, OP_AUTH_OAUTH_CALLBACK, "/api/auth/oauth-callback", body);
}

static void refusals(struct run *r) {
    static const char none[] = "11111111-2222-4333-8444-555555555555";
    char target[160];

    refusal(r, "POST", "/api/sessions", "{", 400);
    refusal(r, "POST", "/api/sessions", "{\"title\":\"t\",\"nobody\":1}", 400);
    snprintf(target, sizeof target, "/api/sessions/%s", none);
    refusal(r, "GET", target, NULL, 404);
    refusal(r, "DELETE", target, NULL, 404);
    snprintf(target, sizeof target, "/api/sessions/%s/files", none);
    refusal(r, "GET", target, NULL, 404);
    refusal(r, "GET", "/api/commands/nobody", NULL, 404);
}

static void generation(const char *name, int version) {
    struct facts facts;
    struct run r = {.generation = name, .version = version};

    facts_load(&facts, name);
    r.check = (struct check){name, &facts, deviations, MIX_COUNT(deviations), {0}};
    buf_init(&r.check.complaints, MIX_MIB);
    struct peer *demo = demo_start((const char *[]){"--generation", name, "--speed", "0", NULL});

    port = demo->port;
    create(&r);
    turns(&r);
    first_message(&r);
    upload(&r);
    fork_it(&r);
    oauth(&r);
    for (size_t i = 0; i < MIX_COUNT(plain); i++) {
        char target[256], body[512];

        at(target, sizeof target, plain[i].target, &r);
        at(body, sizeof body, plain[i].body ? plain[i].body : "", &r);
        just(&r, plain[i].op, target, plain[i].body ? body : NULL);
    }
    refusals(&r);
    server_stop(demo);
    for (size_t i = 0; i < facts.n; i++)
        if (str_eq(facts.v[i].kind, "op") && !r.called[op_by_name(facts.v[i].of)])
            facts_complain(&r.check, facts.v[i].of, "op", facts.v[i].type, "was not called");
    if (r.check.complaints.n > 0)
        fail_msg("%s", buf_str(&r.check.complaints));
    buf_fini(&r.check.complaints);
    facts_free(&facts);
}

static void answers_of_0_2_5(void **state) {
    (void)state;
    generation("0.2.5", GEN_SEED);
}

static void answers_of_0_7_2(void **state) {
    (void)state;
    generation("0.7.2", GEN(0, 7, 2));
}

static void answers_of_0_8_1(void **state) {
    (void)state;
    generation("0.8.1", GEN_TOP);
}

static void every_deviation_is_met(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(deviations); i++)
        if (deviations[i].met == 0)
            fail_msg("%s %s %s %s: not met", deviations[i].of, deviations[i].kind,
                     deviations[i].place, deviations[i].complaint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(answers_of_0_2_5, screen_teardown),
        cmocka_unit_test_teardown(answers_of_0_7_2, screen_teardown),
        cmocka_unit_test_teardown(answers_of_0_8_1, screen_teardown),
        cmocka_unit_test(every_deviation_is_met),
    };

    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_ALL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
