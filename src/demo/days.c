/* days.c - whole days of work as transcripts: a code review, the analysis of data, research with
 * sub-agents, talk in several languages. Made from a few turns each, with other names in every one.
 */
#include <stdio.h>
#include <string.h>

#include "demo.h"

/* In a text `@f` stands for a file, `@w` for a word, `@n` for the number of the turn. */
struct turn_line {
    struct seed_line line;
    int64_t seconds; /* since the line before */
};
#define USER(text)                                                                                 \
    { {"user", text, 0, 0, 0, 0}, 60 }
#define SAY(text)                                                                                  \
    { {"assistant", text, 0, 0, 0, 0}, 9 }
#define THINK(thought, text)                                                                       \
    { {"assistant", text, thought, 0, 0, 0}, 14 }
#define CALL(text, tool, in, out)                                                                  \
    {{"assistant", text, 0, tool, in, out}, 6}, { {"tool", "", 0, 0, 0, 0}, 1 }
#define END                                                                                        \
    { {0, 0, 0, 0, 0, 0}, 0 }

static const struct turn_line review[] = {
    USER("Review `@f` please, as strictly as for a release. Change nº @n of today."),
    THINK("What can break here? The length comes from outside and is added before it is compared. "
          "The test never has more than ten lines. First read the file, then the callers.",
          "I'll read it first, then who calls it."),
    CALL("", "ReadText", "{\"file_path\":\"@f\",\"offset\":12,\"limit\":9}",
         "    12|static size_t @w_next(struct lexer *lx, char *out, size_t room)\n    13|{\n"
         "    14|    size_t n = 0;\n    15|\n    16|    while (n + 1 < room && isalpha(peek(lx)))\n"
         "    17|        out[n++] = advance(lx); /* ASCII only */\n    18|    out[n] = '\\0';\n"
         "    19|    return n;\n    20|}\n"),
    CALL("", "Grep", "{\"pattern\":\"@w_next\",\"include\":\"*.c\"}",
         "@f:12: static size_t @w_next(struct lexer *lx, char *out, size_t room)\n@f:88:     n = "
         "@w_next(lx, name, sizeof name);\nsrc/main.c:31:     while (@w_next(&lx, word, 64) > 0)\n"
         "tests/@w.c:9:     assert(@w_next(&lx, out, 8) == 7);\n"),
    CALL(
        "The buffer is safe, the *letters* are not: `isalpha` of a negative `char` is undefined.",
        "Edit",
        "{\"file_path\":\"@f\",\"old_string\":\"    while (n + 1 < room && isalpha(peek(lx)))\\n"
        "        out[n++] = advance(lx); /* ASCII only */\\n    out[n] = '\\\\0';\",\"new_string\":"
        "\"    while (n + 1 < room && isalpha((unsigned char)peek(lx)))\\n        out[n++] = "
        "advance(lx);\\n    if (room > 0)\\n        out[n] = '\\\\0';\"}",
        "Content replaced in file: @f"),
    CALL("", "Bash", "{\"command\":\"make -s test 2>&1 | tail -n 4\",\"timeout\":60000}",
         "unit_@w .......... ok\nunit_lexer ....... ok\nunit_main ........ ok\n3 passed, 0 failed "
         "in "
         "0.@n s\n"),
    CALL("", "TodoWrite",
         "{\"todos\":[{\"id\":\"1\",\"content\":\"read @f\",\"status\":\"completed\",\"priority\":"
         "\"high\"},{\"id\":\"2\",\"content\":\"letters beyond ASCII\",\"status\":\"completed\","
         "\"priority\":\"high\"},{\"id\":\"3\",\"content\":\"a test for a room of "
         "0\",\"status\":\"in_progress\",\"priority\":\"medium\"},{\"id\":\"4\",\"content\":\"the "
         "change log\",\"status\":\"pending\",\"priority\":\"low\"}]}",
         "Todos have been modified successfully."),
    SAY("## Review of `@f`\n\n**Good to go** after one more test. What I found:\n\n1. `isalpha` "
        "was "
        "given a plain `char`.\n   - On x86 a letter like `ä` is *negative*: undefined.\n   - "
        "Fixed by "
        "a cast, see [CERT STR37-C](https://wiki.sei.cmu.edu/confluence/display/c/STR37-C).\n2. "
        "With a "
        "`room` of 0 a byte was written **before** the buffer.\n   - [x] fixed\n   - [ ] test "
        "still to "
        "be written\n\n```c\nif (room > 0)\n    out[n] = '\\0'; /* room 0: nothing is ours "
        "*/\n```\n\n"
        "> The tests passed before, too: none of them has a letter beyond ASCII.\n\n---\n\nNext is "
        "`tests/@w.c`."),
    END};
static const struct turn_line data[] = {
    USER("How did sales of *@w* go in week @n? Table first, then a chart."),
    CALL("", "python_execution",
         "{\"code\":\"import csv, statistics\\n\\nrows = [r for r in "
         "csv.DictReader(open('sales.csv')) if "
         "r['item'] == '@w']\\nprint(len(rows), statistics.mean(float(r['eur']) for r in rows))\"}",
         "7 412.50\n"),
    THINK("Seven days, one of them is far off. Say so before anybody draws a conclusion.", ""),
    SAY("| Day | Sold | Revenue | Change |\n|:----|-----:|--------:|:------:|\n| Mon | 31 | 372.00 "
        "EUR "
        "| – |\n| Tue | 34 | 408.00 EUR | +9.7 % |\n| Wed | 29 | 348.00 EUR | **−14.7 %** |\n| Thu "
        "| "
        "40 | 480.00 EUR | +37.9 % |\n| Fri | 38 | 456.00 EUR | −5.0 % |\n| 土曜日 | 52 | 624.00 "
        "EUR | "
        "+36.8 % |\n\nThe mean is **412.50 EUR**; without Saturday it is `412.80`."),
    CALL("Here is the chart.", "Bash", "{\"command\":\"python3 chart.py --item '@w' --week @n\"}",
         "wrote chart-@w.jpg (800x480)\n"),
    CALL(
        "", "Show",
        "{\"outputs\":[{\"path\":\"chart-@w.jpg\",\"type\":\"image\",\"title\":\"Sales of @w, week "
        "@n\",\"description\":\"one bar a day\"}],\"title\":\"Sales of @w, week @n\"}",
        "Media shown to the user"),
    CALL("", "Bash", "{\"command\":\"python3 forecast.py @w\"}",
         "Traceback (most recent call last):\n  File \"forecast.py\", line @n, in <module>\n    "
         "model.fit(rows)\nValueError: need at least 14 rows, have 7\n\nexit status 1\n"),
    SAY("A forecast needs two weeks, there is only one:\n\n```python\nif len(rows) < 14:\n    "
        "raise "
        "ValueError(f\"need at least 14 rows, have "
        "{len(rows)}\")\n```\n\n![chart](chart-@w.jpg)\n\nAsk me "
        "again next week."),
    END};
static const struct turn_line research[] = {
    USER("What do others do about *@w*? Look in at least two places, question @n."),
    THINK(
        "Two sources that do not copy from each other. One sub-agent for the standards, one search "
        "of my own.",
        "A sub-agent reads the standard, I search meanwhile."),
    CALL("", "Task",
         "{\"description\":\"read the standard on @w\",\"prompt\":\"Find what the standard says "
         "about @w "
         "and quote the paragraph.\",\"subagent_type\":\"general-purpose\"}",
         "## What the standard says\n\nSection **4.@n**: *a client must not repeat a request whose "
         "answer "
         "was lost*, unless it is idempotent.\n"),
    CALL("", "Search", "{\"query\":\"@w best practice\"}",
         "[{\"title\":\"@w, "
         "explained\",\"url\":\"https://example.org/@w/explained?from=search&n=@n\","
         "\"snippet\":\"Most clients get this wrong: they retry what must not be "
         "retried.\"},{\"title\":"
         "\"Ten years of @w\",\"url\":\"https://example.com/ten-years\",\"snippet\":\"What we "
         "learnt, and "
         "what we would do again.\"}]"),
    CALL("", "WebFetch",
         "{\"url\":\"https://example.org/@w/explained?from=search&n=@n\",\"format\":\"markdown\"}",
         "# @w, explained\n\n1. Ask once.\n2. Wait.\n3. Look before asking again.\n"),
    CALL("", "mcp_tickets_search",
         "{\"filter\":{\"label\":[\"@w\",\"network\"],\"open\":true},\"limit\":@n}",
         "{\"tickets\":[{\"id\":4@n,\"title\":\"@w "
         "twice\",\"votes\":12},{\"id\":5@n,\"title\":\"never "
         "@w\",\"votes\":3}],\"more\":false}"),
    SAY("### In short\n\n- The **standard** forbids it: “a client must not repeat a request whose "
        "answer was "
        "lost”.\n- [@w, explained](https://example.org/@w/explained?from=search&n=@n) says the "
        "same in "
        "plain words:\n\n  > Look before asking again.\n\n- Two tickets ask for the opposite, with "
        "12 and 3 "
        "votes.\n\n<https://example.com/ten-years> is worth an hour of yours; ~~the rest~~ is "
        "not."),
    END};
static const struct turn_line talk[] = {
    USER("今日の作業を日本語でまとめてください。@n回目です 🙏"),
    SAY("## 今日のまとめ（第@n回）\n\n字句解析器の**文字化け**を直しました。`@f` の"
        "変更は一行だけで、テストはすべて通っています。長い文章も、句読点が行頭に来ないように、"
        "きちんと折り返されるはずです。\n\n- ✅ 解析器\n- 🚧 文書\n- "
        "👨‍👩‍👧 "
        "家族の絵文字、🇯🇵 "
        "旗、❤️ と ☕︎\n"),
    USER("وبالعربية؟"),
    SAY("نعم. أصلحتُ الملف `@f` ونجحت **كل** الاختبارات.\n\n1. اقرأ الملف\n2. غيّر سطراً واحداً\n3. "
        "شغّل "
        "الاختبارات\n\n> القياس قبل التغيير"),
    USER("ובעברית? And in English, with the numbers: é é ﬁ Ⅷ x̂, 🤷🏽‍♀️"),
    SAY("תיקנתי שורה אחת בקובץ `@f`.\n\nIn English: **one line**, @n tests, 0 failures. "
        "한국어도 가능합니다: 문서는 내일.\n\n| 言語 | слово | mot |\n|:--|:-:|--:|\n| 日本語 | "
        "день | jour 🌞 |\n| العربية | тест | épreuve |\n"),
    END};

static const struct day {
    const char *title;
    const struct turn_line *turn;
} days[] = {
    {"Review of a release", review},
    {"Sales, week by week", data},
    {"What others do", research},
    {"日本語 · العربية · emoji 💬", talk},
};

static const char *const words[] = {"coffee", "retry", "backoff", "bread",
                                    "paper",  "queue", "token"};

static void expand(struct buf *out, const char *text, int64_t n) {
    static const char *const files[] = {"src/lexer.c", "src/reader.c", "src/net/retry.c",
                                        "lib/ring.h"};

    buf_clear(out);
    for (const char *p; text && (p = strchr(text, '@')); text = p + 2) {
        buf_add(out, text, (size_t)(p - text));
        if (p[1] == 'f')
            buf_adds(out, files[n % (int64_t)MIX_COUNT(files)]);
        else if (p[1] == 'w')
            buf_adds(out, words[n % (int64_t)MIX_COUNT(words)]);
        else
            buf_addf(out, "%lld", (long long)n);
    }
    if (text)
        buf_adds(out, text);
}

/* The sub-agent of a Task has a session of its own, with what it did. */
static void add_child(struct demo *d, struct session *parent, const char *call, int64_t n,
                      int64_t when) {
    auto_buf struct buf in = {.max = MIX_KIB}, out = {.max = MIX_KIB};
    struct session *s = seed_begin(d, "read the standard", when, "subagent");

    s->d.parent_session_id = arena_strdup(&s->a, parent->d.id);
    s->d.parent_tool_call_id = arena_strdup(&s->a, call);
    s->d.subagent_type = "general-purpose";
    expand(&in, "{\"url\":\"https://example.org/standard#4.@n\",\"format\":\"text\"}", n);
    expand(&out, "4.@n Retries. A client must not repeat a request whose answer was lost.", n);
    const struct seed_line lines[] = {
        {"user", "Find what the standard says and quote the paragraph.", 0, 0, 0, 0},
        {"assistant", "I'll fetch the section.", 0, "WebFetch", buf_str(&in), buf_str(&out)},
        {"tool", "", 0, 0, 0, 0},
        {"assistant", "## What the standard says\n\nA client must not repeat such a request.", 0, 0,
         0, 0},
    };
    for (size_t i = 0; i < MIX_COUNT(lines); i++)
        seed_line(d, s, &lines[i], when += 1000);
    seed_end(d, s);
}

static void add_turn_line(struct demo *d, struct session *s, const struct turn_line *t, int64_t n,
                          int64_t when) {
    auto_buf struct buf text = {.max = MIX_MIB}, thought = {.max = MIX_MIB}, in = {.max = MIX_MIB},
                        out = {.max = MIX_MIB};
    struct seed_line l = t->line;

    expand(&text, l.text, n);
    expand(&thought, l.reasoning, n);
    expand(&in, l.input, n);
    expand(&out, l.result, n);
    l.text = buf_str(&text);
    l.reasoning = l.reasoning ? buf_str(&thought) : NULL;
    l.input = l.input ? buf_str(&in) : NULL;
    l.result = l.result ? buf_str(&out) : NULL;
    const char *call = seed_line(d, s, &l, when);

    if (call && !strcmp(l.tool, "Task") && n < 3)
        add_child(d, s, call, n, when);
}

static void draw_charts(const struct demo *d, const struct session *s) {
    auto_free char *folder = store_folder(d, s->d.id);

    for (size_t i = 0; i < MIX_COUNT(words); i++) {
        auto_buf struct buf jpeg = {.max = MIX_MIB};
        char name[40];

        snprintf(name, sizeof name, "chart-%s.jpg", words[i]);
        picture_jpeg(&jpeg, name, 480, 320);
        tool_write(folder, name, buf_str(&jpeg), jpeg.n, NULL);
    }
}

void seed_days(struct demo *d, int64_t messages) {
    for (size_t i = 0; i < MIX_COUNT(days); i++) {
        int64_t when = clock_real() / 1000 * 1000 - 9 * 3600000;
        struct session *s = seed_begin(d, days[i].title, when, "main");

        if (days[i].turn == data)
            draw_charts(d, s);
        for (int64_t turn = 1; (int64_t)s->n < messages; turn++)
            for (const struct turn_line *t = days[i].turn; t->line.role; t++)
                add_turn_line(d, s, t, turn, when += t->seconds * 100);
        seed_end(d, s);
    }
}
