/* kinds.c - one call of every kind that needs neither a file nor a person: what they say is made
 * up, as is what the session's callbacks did after them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

#define SHOT "page.jpg"

static const char fetched[] =
    "# Example Domain\n\nThis domain is for use in **documentation** examples.\n\n- no permission "
    "is needed\n- [more](https://www.iana.org/help/example-domains)\n";
static const char found[] =
    "{\"query\":\"terminal clients\",\"results\":[{\"title\":\"A list of terminal clients\","
    "\"url\":\"https://example.org/list?a=1&b=2\",\"snippet\":\"Twelve of them, with *their* "
    "keys.\"},{\"title\":\"How wide is a letter?\",\"url\":\"https://example.com/width\","
    "\"snippet\":\"One cell or two.\"}]}";
static const char clicked[] =
    "{\"ok\":true,\"page\":{\"title\":\"Example\",\"links\":[{\"text\":\"more\",\"href\":"
    "\"/more\"},{\"text\":\"home\",\"href\":\"/\"}],\"notes\":\"two\\nlines\"},\"took_ms\":12}";

bool kind_is_told(const struct plan *p) {
    static const char *const tools[] = {"TodoWrite", "ExitPlanMode", "Show",         "WebFetch",
                                        "Search",    "ReadMedia",    "browser_click"};

    for (size_t i = 0; i < MIX_COUNT(tools); i++)
        if (!strcmp(p->tool, tools[i]))
            return true;
    return false;
}

void kind_screenshots(struct turn *t, const struct plan *p, struct tool_call *c) {
    struct row *r = t->row;

    if (strcmp(p->tool, "browser_click") != 0)
        return;
    c->screenshot_urls.items = arena_alloc(&r->a, sizeof *c->screenshot_urls.items);
    c->screenshot_urls.items[0] = arena_printf(
        &r->a, "http://127.0.0.1:%d/api/sessions/%s/files/%s", t->d->port, t->s->d.id, SHOT);
    c->screenshot_urls.n = 1;
}

void kind_callbacks(const struct turn *t, struct row *r) {
    const struct message *m = t->row ? &t->row->m : NULL;
    const struct tool_call *last =
        m && m->tool_calls.n ? &m->tool_calls.items[m->tool_calls.n - 1] : NULL;

    if (!last || strcmp(last->name, "browser_click") != 0)
        return;
    const struct callback_result results[] = {
        {.tool_call_id = last->id,
         .tool_name = last->name,
         .callback_name = "count links",
         .callback_type = "bash_script",
         .stdout_text = "2 links\n",
         .success = true},
        {.tool_call_id = last->id,
         .tool_name = last->name,
         .callback_name = "check links",
         .callback_type = "bash_script",
         .stdout_text = "/more: 200\n",
         .stderr_text = "/: 404\n",
         .exit_code = 1,
         .error = "exit status 1"},
    };
    struct callback_result *items = arena_alloc(&r->a, sizeof results);

    memcpy(items, results, sizeof results);
    for (size_t i = 0; i < MIX_COUNT(results); i++) {
        items[i].tool_call_id = arena_strdup(&r->a, last->id);
        items[i].tool_name = arena_strdup(&r->a, last->name);
    }
    r->m.callback_results.items = items;
    r->m.callback_results.n = MIX_COUNT(results);
}

static void call(struct turn *t, const char *tool, const char *input, const char *result) {
    turn_call(t, &(struct plan){.tool = tool, .input = input, .a = "", .b = result});
}

void show_kinds(struct turn *t) {
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    auto_buf struct buf picture = {.max = MIX_MIB};

    picture_jpeg(&picture, SHOT, 480, 300);
    tool_write(folder, SHOT, buf_str(&picture), picture.n, NULL);
    turn_say(t, "One call of each further kind; what they answer is made up.");
    call(t, "WebFetch", "{\"url\":\"https://example.com/\",\"format\":\"markdown\"}", fetched);
    call(t, "Search", "{\"query\":\"terminal clients\",\"search_type\":\"web\"}", found);
    call(t, "ReadMedia", "{\"file_path\":\"" SHOT "\",\"prompt\":\"What is on it?\"}",
         "A sun over water.");
    call(t, "browser_click",
         "{\"target\":{\"selector\":\"a.more\",\"index\":0,\"modifiers\":[\"ctrl\",\"shift\"]},"
         "\"wait\":true}",
         clicked);
    turn_execute(t);
    turn_message(t);
    turn_say(t, "Those were a page, a search, a picture and a click with a screenshot.");
}
