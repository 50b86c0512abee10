# reference.awk - the API reference, from the headers themselves: -v form=man|markdown -v version=X -v out=FILE.
# A header is a comment at its top, `/* ---- section ---- */` lines, and declarations with the comment before them.
function say(text) { print text > out }
function roff(text) { gsub(/\\/, "\\e", text); if (text ~ /^[.']/) text = "\\&" text; return text }
function section(title) {
    if (form == "man") { say(".SH \"" toupper(title) "\"") } else { say(""); say("## " title); say("") }
}
function prose(text) {
    if (text == "") return
    if (form == "man") { say(".PP"); say(roff(text)) } else { say(text); say("") }
}
function code(text, n, lines, i) {
    sub(/\n+$/, "", text); sub(/^\n+/, "", text)
    if (text == "") return
    if (form == "man") {
        say(".PP"); say(".nf")
        n = split(text, lines, "\n")
        for (i = 1; i <= n; i++) say(roff(lines[i]))
        say(".fi")
    } else { say("```c"); say(text); say("```"); say("") }
}
# The text of a comment: one line for each paragraph, indented lines as they are.
function comment(text) {
    sub(/^[ \t]*\/\*[ \t]*/, "", text); sub(/[ \t]*\*\/[ \t]*$/, "", text); sub(/^[ \t]*\*? ?/, "", text)
    return text
}
function generation(text) {
    if (text !~ /GEN\(/) return ""
    gsub(/[^0-9,]/, "", text); gsub(/,/, ".", text)
    return text
}
function since_until(row, list, n, since, until, said) {
    n = 0; said = ""
    while (match(row, /(GEN\([0-9, ]*\)|[ ,]END[,)])/)) {
        list[++n] = substr(row, RSTART, RLENGTH); row = substr(row, RSTART + RLENGTH)
    }
    since = n > 1 ? generation(list[1]) : ""; until = n > 1 ? generation(list[2]) : ""
    if (since != "" && since != "0.1.0") said = said ", from " since
    if (until != "") said = said ", until " until
    return said
}
# What each shape of an event fills, from its field table.
function read_members(path, line, rows, shape) {
    sub(/include\/mix\/[^\/]*$/, "src/wire/shapes_event.c", path); rows = ""
    while ((getline line < path) > 0) {
        if (line ~ /^static const struct field/) rows = ""
        shape = line
        while (match(line, /\(D, [a-z_]+, "/)) {
            rows = rows (rows == "" ? "" : ", ") substr(line, RSTART + 4, RLENGTH - 7)
            line = substr(line, RSTART + RLENGTH)
        }
        if (shape ~ /^ *ASSISTANT,/) rows = rows ", message_id"
        if (shape ~ /(^| )PARENT,/) rows = rows ", parent_tool_call_id"
        if (shape ~ /^OBJECT\(/) { gsub(/^OBJECT\(|,.*/, "", shape); members[shape] = rows }
    }
    close(path)
}
# The rows of a vocabulary as the lines of its enum: NAME(id, "text", ...).
function vocabulary(name, prefix, path, row, id, text, lines, line, shape) {
    path = FILENAME; sub(/[^\/]*$/, name ".def", path); lines = ""; row = ""
    while ((getline line < path) > 0) # what was called something else is older than its name
        if (line ~ /^ALIAS\(/) { gsub(/^ALIAS\(|,.*/, "", line); renamed[prefix line] = 1 }
    close(path)
    while ((getline line < path) > 0) {
        if (line ~ /^(RC|OP|EVENT)\(/) row = line
        else if (row != "") row = row line
        if (row == "" || row !~ /\)[ \t]*$/) continue
        id = row; sub(/^[A-Z]*\(/, "", id); sub(/,.*/, "", id)
        text = row; sub(/^[^"]*"/, "", text); sub(/".*/, "", text)
        if (text == "") text = "any other"
        lines = lines sprintf("    %-28s /* %s%s */\n", prefix id ",", text, prefix id in renamed ? "" : since_until(row))
        shape = row; gsub(/^.*S\(|\).*/, "", shape)
        if (prefix == "MIX_EV_" && members[shape] != "") lines = lines "        /* " members[shape] " */\n"
        row = ""
    }
    close(path)
    return lines
}
function flush_comment() { if (held != "") { prose(held); held = "" } }
function flush_code() { if (block != "") { code(block); block = "" } }
function flush_all() { flush_comment(); flush_code() }
FNR == 1 {
    flush_all()
    file = FILENAME; sub(/.*\//, "", file)
    top = 1; depth = 0; in_comment = 0; cplusplus = 0; macro = 0
    if (NR == 1 && form == "man") {
        say(".TH LIBMIX 3 \"\" \"libmix " version "\" \"Mix client library\"")
        say(".SH NAME"); say("libmix \\- a Mix server from a program of your own")
        say(".SH SYNOPSIS"); say(".nf"); say("#include <mix/client.h>"); say("")
        say("cc program.c $(pkg-config --cflags --libs mix)"); say(".fi")
    } else if (NR == 1) {
        say("# libmix " version); say("")
        say("Made from the headers; `#include <mix/client.h>`, `cc program.c $(pkg-config --cflags --libs mix)`."); say("")
    }
    section(file == "calls.def" ? "The typed functions" : file)
}
file == "calls.def" {
    if ($0 !~ /^MIX_CALL/) next
    kind = $0; sub(/\(.*/, "", kind)
    args = $0; sub(/^[^(]*\(/, "", args); sub(/\).*/, "", args)
    n = split(args, a, /, */)
    line = "/* MIX_OP_" a[2] " */\nmix_" a[1] "(c"
    if (kind ~ /_IN/) line = line ", const struct " a[3] " *in"
    if (kind ~ /_OUT/) line = line ", struct " a[n] " **out"
    block = block line ", options, err)\n"
    next
}
# preprocessor lines say nothing to a reader, but for the vocabulary files
/^#define MIX_(API|CALL)/ || macro { macro = ($0 ~ /\\$/); next }
/^#ifdef __cplusplus/ { cplusplus = 1; next }
cplusplus { if (/^#endif/) cplusplus = 0; next }
/^#(ifndef|ifdef|if|endif|undef|pragma|define (MIX_.*_H|MIX_LIST_OF|RC|OP|EVENT|ALIAS))/ { macro = ($0 ~ /\\$/); next }
/^#include "mix\/errors\.def"/ { block = block vocabulary("errors", "MIX_RC_"); next }
/^#include "mix\/ops\.def"/ { block = block vocabulary("ops", "MIX_OP_"); next }
/^#include "mix\/events\.def"/ {
    read_members(FILENAME); block = block vocabulary("events", "MIX_EV_"); next
}
/^#include/ { next }
/^\/\* ---- .* ---- \*\/$/ {
    flush_all(); title = $0; gsub(/^\/\* ---- | ---- \*\/$/, "", title)
    if (form == "man") say(".SS \"" title "\""); else { say("### " title); say("") }
    next
}
# a comment that stands alone
!depth && (in_comment || /^\/\*/) {
    if (!in_comment) { flush_all(); held = "" }
    text = comment($0)
    in_comment = ($0 !~ /\*\/[ \t]*$/)
    if (text ~ /^ {4}/) { flush_comment(); code(text) }
    else if (text == "") { flush_comment() }
    else { held = (held == "" ? text : held " " text) }
    next
}
/^[ \t]*$/ { if (!depth) flush_all(); next }
{
    flush_comment()
    line = $0; gsub(/MIX_API /, "", line)
    block = block line "\n"
    bare = line; gsub(/\/\*[^*]*\*\//, "", bare)
    depth += gsub(/\{/, "{", bare) - gsub(/\}/, "}", bare)
}
END { flush_all() }
