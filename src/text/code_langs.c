/* code_langs.c - the table of languages, and their names. */
#include "lexer.h"

#include <string.h>

static const struct language languages[LANG_COUNT] = {
    [LANG_NONE] =
        {
            .name = "text",
        },
    [LANG_C] =
        {
            .name = "c",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"", "\"", QUOTE_ESCAPE}, {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "NULL _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local "
                "alignas alignof auto break case const constexpr continue default do else enum "
                "extern false for goto if inline nullptr register restrict return sizeof static "
                "static_assert struct switch thread_local true typedef typeof union volatile "
                "while",
            .types =
                "FILE _Bool _Complex bool char double float int long short signed size_t ssize_t "
                "unsigned va_list void wchar_t",
            .define = "enum struct union",
            .traits = TRAIT_DIRECTIVES | TRAIT_TYPED | TRAIT_CAPITALS | TRAIT_SIZED_TYPES,
        },
    [LANG_CPP] =
        {
            .name = "c++",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"", "\"", QUOTE_ESCAPE}, {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "NULL _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local "
                "alignas alignof and asm auto break case catch class co_await co_return co_yield "
                "concept const const_cast consteval constexpr constinit continue decltype default "
                "delete do dynamic_cast else enum explicit export extern false final for friend "
                "goto if import inline module mutable namespace new noexcept not nullptr operator "
                "or override private protected public register reinterpret_cast requires restrict "
                "return sizeof static static_assert static_cast struct switch template this "
                "thread_local throw true try typedef typeid typename typeof union using virtual "
                "volatile while xor",
            .types =
                "FILE _Bool _Complex array bool char char16_t char32_t char8_t deque double float "
                "int list long map optional pair set shared_ptr short signed size_t span ssize_t "
                "string string_view tuple unique_ptr unordered_map unordered_set unsigned va_list "
                "variant vector void wchar_t",
            .define = "class concept enum namespace struct union",
            .traits = TRAIT_DIRECTIVES | TRAIT_TYPED | TRAIT_CAPITALS | TRAIT_SIZED_TYPES |
                      TRAIT_RAW_PARENS | TRAIT_METHODS,
        },
    [LANG_PYTHON] =
        {
            .name = "python",
            .comment = {"#"},
            .quotes = {{"\"\"\"", "\"\"\"", QUOTE_ESCAPE | QUOTE_LINES},
                       {"'''", "'''", QUOTE_ESCAPE | QUOTE_LINES},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "False None True and as assert async await break case class continue def del elif "
                "else except finally for from global if import in is lambda match nonlocal not or "
                "pass raise return try while with yield",
            .types =
                "bool bytearray bytes cls complex dict float frozenset int list memoryview object "
                "range self set str tuple type",
            .define = "class def",
            .traits = TRAIT_DECORATORS | TRAIT_CAPITALS,
        },
    [LANG_JAVASCRIPT] =
        {
            .name = "javascript",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"`", "`", QUOTE_ESCAPE | QUOTE_LINES | QUOTE_CODE},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "Infinity NaN async await break case catch class const continue debugger default "
                "delete do else export extends false finally for from function get if import in "
                "instanceof let new null of return set static super switch this throw true try "
                "typeof undefined var void while with yield",
            .define = "class function",
            .ident = "$",
            .traits = TRAIT_DECORATORS | TRAIT_CAPITALS | TRAIT_METHODS | TRAIT_REGEX,
        },
    [LANG_TYPESCRIPT] =
        {
            .name = "typescript",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"`", "`", QUOTE_ESCAPE | QUOTE_LINES | QUOTE_CODE},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "Infinity NaN abstract as asserts async await break case catch class const "
                "continue debugger declare default delete do else enum export extends false "
                "finally for from function get if implements import in infer instanceof interface "
                "is keyof let module namespace new null of override private protected public "
                "readonly return satisfies set static super switch this throw true try type "
                "typeof undefined unique var void while with yield",
            .types = "any bigint boolean never number object string symbol unknown",
            .define = "class enum function interface namespace",
            .ident = "$",
            .traits = TRAIT_DECORATORS | TRAIT_CAPITALS | TRAIT_METHODS | TRAIT_REGEX,
        },
    [LANG_GO] =
        {
            .name = "go",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"`", "`", QUOTE_LINES},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "break case chan const continue default defer else fallthrough false for func go "
                "goto if import interface iota map nil package range return select struct switch "
                "true type var",
            .types =
                "any bool byte comparable complex128 complex64 error float32 float64 int int16 "
                "int32 int64 int8 rune string uint uint16 uint32 uint64 uint8 uintptr",
            .define = "func package type",
            .traits = TRAIT_RECEIVER,
        },
    [LANG_RUST] =
        {
            .name = "rust",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"", "\"", QUOTE_ESCAPE | QUOTE_LINES},
                       {"'", "'", QUOTE_ESCAPE | QUOTE_CHAR}},
            .keywords =
                "as async await break const continue crate dyn else enum extern false fn for if "
                "impl in let loop macro_rules match mod move mut pub ref return self static "
                "struct super trait true type union unsafe use where while yield",
            .types =
                "Self bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize",
            .define = "enum fn macro_rules mod struct trait type union",
            .traits = TRAIT_CAPITALS | TRAIT_NESTED | TRAIT_RAW_HASHES | TRAIT_ATTRIBUTES,
        },
    [LANG_JAVA] =
        {
            .name = "java",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"\"\"", "\"\"\"", QUOTE_ESCAPE | QUOTE_LINES},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", QUOTE_ESCAPE}},
            .keywords =
                "abstract assert break case catch class const continue default do else enum "
                "extends false final finally for goto if implements import instanceof interface "
                "native new non-sealed null package permits private protected public record "
                "return sealed static strictfp super switch synchronized this throw throws "
                "transient true try var volatile while yield",
            .types = "boolean byte char double float int long short void",
            .define = "class enum interface record",
            .ident = "$",
            .traits = TRAIT_DECORATORS | TRAIT_CAPITALS | TRAIT_TYPED | TRAIT_METHODS,
        },
    [LANG_SHELL] =
        {
            .name = "shell",
            .comment = {"#"},
            .quotes = {{"\"", "\"", QUOTE_ESCAPE | QUOTE_LINES | QUOTE_EXPAND},
                       {"'", "'", QUOTE_LINES},
                       {"`", "`", QUOTE_ESCAPE | QUOTE_EXPAND}},
            .keywords =
                "alias break case continue declare do done elif else esac eval exec exit export "
                "fi for function if in local readonly return select set shift source then time "
                "trap typeset unset until while",
            .define = "function",
            .ident = "-",
            .line = lex_shell,
        },
    [LANG_JSON] =
        {
            .name = "json",
            .comment = {"//"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"", "\"", QUOTE_ESCAPE}, {"'", "'", QUOTE_ESCAPE}},
            .keywords = "Infinity NaN false null true",
            .traits = TRAIT_KEYS,
        },
    [LANG_YAML] =
        {
            .name = "yaml",
            .comment = {"#"},
            .quotes = {{"\"", "\"", QUOTE_ESCAPE | QUOTE_LINES},
                       {"'", "'", QUOTE_DOUBLED | QUOTE_LINES}},
            .keywords = "False No Null Off On True Yes false no null off on true yes",
            .ident = "-./",
            .line = lex_yaml,
        },
    [LANG_TOML] =
        {
            .name = "toml",
            .comment = {"#"},
            .quotes = {{"\"\"\"", "\"\"\"", QUOTE_ESCAPE | QUOTE_LINES},
                       {"'''", "'''", QUOTE_LINES},
                       {"\"", "\"", QUOTE_ESCAPE},
                       {"'", "'", 0}},
            .keywords = "false inf nan true",
            .ident = "-",
            .traits = TRAIT_KEYS,
            .line = lex_toml,
        },
    [LANG_SQL] =
        {
            .name = "sql",
            .comment = {"--"},
            .open = "/*",
            .close = "*/",
            .quotes = {{"'", "'", QUOTE_DOUBLED | QUOTE_LINES},
                       {"\"", "\"", QUOTE_DOUBLED},
                       {"`", "`", 0},
                       {"$$", "$$", QUOTE_LINES}},
            .keywords =
                "add all alter analyze and any as asc begin between by cascade case cast check "
                "collate column commit conflict constraint create cross current_date current_time "
                "current_timestamp database default deferrable delete desc distinct do drop each "
                "else end escape except exclude execute exists explain false fetch filter first "
                "following for foreign from full function grant group having if ilike immediate "
                "in index inner insert instead intersect into is isnull join key language last "
                "lateral left like limit materialized merge natural not nothing notnull null "
                "nulls of offset on only or order outer over partition plpgsql policy pragma "
                "preceding primary procedure range recursive references regexp reindex release "
                "rename replace restrict returning returns revoke right rollback row rows "
                "savepoint schema select sequence set some start table temp temporary then to "
                "transaction trigger true truncate unbounded union unique update using vacuum "
                "values view virtual when where window with within without",
            .types =
                "bigint bigserial bit blob bool boolean bytea char character clob date datetime "
                "decimal double enum float inet int int2 int4 int8 integer interval json jsonb "
                "money nchar numeric nvarchar precision real serial smallint text time timestamp "
                "timestamptz tinyint uuid varchar varying xml",
            .define = "database function index procedure schema sequence table trigger view",
            .traits = TRAIT_CASELESS,
        },
    [LANG_HTML] =
        {
            .name = "html",
            .open = "<!--",
            .close = "-->",
            .quotes = {{"\"", "\"", QUOTE_LINES}, {"'", "'", QUOTE_LINES}},
            .ident = "-:.",
            .line = lex_html,
        },
    [LANG_CSS] =
        {
            .name = "css",
            .open = "/*",
            .close = "*/",
            .quotes = {{"\"", "\"", QUOTE_ESCAPE}, {"'", "'", QUOTE_ESCAPE}},
            .ident = "-",
            .line = lex_css,
        },
    [LANG_MARKDOWN] =
        {
            .name = "markdown",
            .line = lex_markdown,
        },
    [LANG_DIFF] =
        {
            .name = "diff",
            .line = lex_diff,
        },
};

const struct language *lex_language(enum lang lang) {
    return &languages[(unsigned)lang < LANG_COUNT ? lang : LANG_NONE];
}

const char *lang_name(enum lang lang) { return lex_language(lang)->name; }

/* Words of fences, ends of file names without their dot, and whole file names. Sorted. */
static const struct {
    const char *name;
    enum lang lang;
} names[] = {
    {".babelrc", LANG_JSON},
    {".bash_profile", LANG_SHELL},
    {".bashrc", LANG_SHELL},
    {".editorconfig", LANG_TOML},
    {".env", LANG_SHELL},
    {".eslintrc", LANG_JSON},
    {".gitconfig", LANG_TOML},
    {".profile", LANG_SHELL},
    {".zshrc", LANG_SHELL},
    {"bash", LANG_SHELL},
    {"bzl", LANG_PYTHON},
    {"c", LANG_C},
    {"c++", LANG_CPP},
    {"cargo.lock", LANG_TOML},
    {"cc", LANG_CPP},
    {"cfg", LANG_TOML},
    {"cjs", LANG_JAVASCRIPT},
    {"composer.lock", LANG_JSON},
    {"conf", LANG_TOML},
    {"console", LANG_SHELL},
    {"cpp", LANG_CPP},
    {"css", LANG_CSS},
    {"cts", LANG_TYPESCRIPT},
    {"cu", LANG_CPP},
    {"cuda", LANG_CPP},
    {"cxx", LANG_CPP},
    {"dash", LANG_SHELL},
    {"diff", LANG_DIFF},
    {"dockerfile", LANG_SHELL},
    {"ecmascript", LANG_JAVASCRIPT},
    {"fish", LANG_SHELL},
    {"geojson", LANG_JSON},
    {"gnumakefile", LANG_SHELL},
    {"go", LANG_GO},
    {"golang", LANG_GO},
    {"gradle", LANG_JAVA},
    {"h", LANG_C},
    {"h++", LANG_CPP},
    {"hh", LANG_CPP},
    {"hpp", LANG_CPP},
    {"htm", LANG_HTML},
    {"html", LANG_HTML},
    {"hxx", LANG_CPP},
    {"ini", LANG_TOML},
    {"ino", LANG_CPP},
    {"ipynb", LANG_JSON},
    {"ipython", LANG_PYTHON},
    {"java", LANG_JAVA},
    {"javascript", LANG_JAVASCRIPT},
    {"jenkinsfile", LANG_JAVA},
    {"js", LANG_JAVASCRIPT},
    {"json", LANG_JSON},
    {"json5", LANG_JSON},
    {"jsonc", LANG_JSON},
    {"jsonl", LANG_JSON},
    {"jsx", LANG_JAVASCRIPT},
    {"kotlin", LANG_JAVA},
    {"ksh", LANG_SHELL},
    {"kt", LANG_JAVA},
    {"less", LANG_CSS},
    {"make", LANG_SHELL},
    {"makefile", LANG_SHELL},
    {"markdown", LANG_MARKDOWN},
    {"md", LANG_MARKDOWN},
    {"mdown", LANG_MARKDOWN},
    {"mdx", LANG_MARKDOWN},
    {"mjs", LANG_JAVASCRIPT},
    {"mk", LANG_SHELL},
    {"mts", LANG_TYPESCRIPT},
    {"mysql", LANG_SQL},
    {"ndjson", LANG_JSON},
    {"node", LANG_JAVASCRIPT},
    {"patch", LANG_DIFF},
    {"pgsql", LANG_SQL},
    {"pipfile", LANG_TOML},
    {"pkgbuild", LANG_SHELL},
    {"plist", LANG_HTML},
    {"plsql", LANG_SQL},
    {"poetry.lock", LANG_TOML},
    {"postgres", LANG_SQL},
    {"postgresql", LANG_SQL},
    {"psql", LANG_SQL},
    {"py", LANG_PYTHON},
    {"py3", LANG_PYTHON},
    {"pyi", LANG_PYTHON},
    {"python", LANG_PYTHON},
    {"python2", LANG_PYTHON},
    {"python3", LANG_PYTHON},
    {"pyw", LANG_PYTHON},
    {"rs", LANG_RUST},
    {"rust", LANG_RUST},
    {"scala", LANG_JAVA},
    {"scss", LANG_CSS},
    {"sh", LANG_SHELL},
    {"sh-session", LANG_SHELL},
    {"shell", LANG_SHELL},
    {"shell-session", LANG_SHELL},
    {"shellscript", LANG_SHELL},
    {"shellsession", LANG_SHELL},
    {"sql", LANG_SQL},
    {"sqlite", LANG_SQL},
    {"starlark", LANG_PYTHON},
    {"svelte", LANG_HTML},
    {"svg", LANG_HTML},
    {"terminal", LANG_SHELL},
    {"toml", LANG_TOML},
    {"ts", LANG_TYPESCRIPT},
    {"tsx", LANG_TYPESCRIPT},
    {"typescript", LANG_TYPESCRIPT},
    {"udiff", LANG_DIFF},
    {"uv.lock", LANG_TOML},
    {"vue", LANG_HTML},
    {"xhtml", LANG_HTML},
    {"xml", LANG_HTML},
    {"xsd", LANG_HTML},
    {"xsl", LANG_HTML},
    {"yaml", LANG_YAML},
    {"yml", LANG_YAML},
    {"zsh", LANG_SHELL},
};

static enum lang find(const char *s, size_t n) {
    char lower[24];
    size_t low = 0, high = MIX_COUNT(names);

    if (n == 0 || n >= sizeof lower)
        return LANG_NONE;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
    lower[n] = 0;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        const int order = strcmp(lower, names[mid].name);

        if (order == 0)
            return names[mid].lang;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return LANG_NONE;
}

enum lang lang_named(const char *s, size_t n) {
    size_t to = 0;

    while (n > 0 && (lex_blank(*s) || *s == '{'))
        s++, n--;
    const enum lang whole = find(s, n < 24 ? n : 0); /* ".env" is a name with its dot */

    if (whole != LANG_NONE)
        return whole;
    if (n > 0 && *s == '.')
        s++, n--;
    while (n > 9 && memcmp(s, "language-", 9) == 0)
        s += 9, n -= 9;
    while (to < n && !strchr(" \t\r\n{},:;=", s[to]))
        to++;
    return find(s, to);
}

enum lang lang_of_path(const char *path, size_t n) {
    size_t base = n, dot;

    while (base > 0 && path[base - 1] != '/' && path[base - 1] != '\\')
        base--;
    const enum lang whole = memchr(path + base, '.', n - base) || n - base > 6
                                ? find(path + base, n - base)
                                : LANG_NONE; /* a program called "go" is not written in Go */

    if (whole != LANG_NONE)
        return whole;
    for (dot = n; dot > base && path[dot - 1] != '.';)
        dot--;
    return dot > base ? find(path + dot, n - dot) : LANG_NONE;
}
