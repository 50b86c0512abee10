# Makes the tables of README.md of what the tests wrote down where MIX_TABLE says: lines of fields separated by tabs.
#   tried|absent|unrouted OPERATION GENERATION api|screen    reason OPERATION GENERATION WHY    fact FACT GENERATION VALUE
# -v part=operations or generations. A cell nobody filled in says so, and `tests/docs.sh --check` fails at it.
BEGIN {
    FS = "\t"
    columns = split("0.2.5 0.4.5 0.6.4 0.7.2 0.8.1 post all", column, " ")
}
$1 == "fact" && !($2 in known) { known[$2] = 1; fact[++facts] = $2 }
$1 == "fact" { value[$2, $3] = $4 }
$1 != "fact" && !($2 in seen) { seen[$2] = 1; operation[++operations] = $2 }
$1 == "tried" { tried[$2, $3, $4] = 1 }
$1 == "absent" { absent[$2, $3] = 1 }
$1 == "unrouted" { unrouted[$2, $3] = 1 }
$1 == "reason" { why[$2, $3] = $4 }

function note(text) { # its number
    if (!(text in number)) { number[text] = ++notes; line[notes] = text }
    return "[" number[text] "]"
}
function cell(op, generation) {
    if (unrouted[op, generation]) return "404 " note("published, yet servers of that time answer 404; both ways were tried")
    if (absent[op, generation]) return "-"
    if (!tried[op, generation, "api"]) return "untried"
    if (tried[op, generation, "screen"]) return "api, screen"
    if (why[op, generation] != "") return "api " note("on the screen, " why[op, generation])
    return "untried"
}
function head(first,   i, rule) {
    printf "| %s |", first
    rule = "|---|"
    for (i = 1; i <= columns; i++) { printf " %s |", column[i]; rule = rule "---|" }
    printf "\n%s\n", rule
}
END {
    if (part == "operations") {
        head("operation")
        for (o = 1; o <= operations; o++) {
            printf "| `%s` |", operation[o]
            for (i = 1; i <= columns; i++) printf " %s |", cell(operation[o], column[i])
            print ""
        }
        if (notes) print ""
        for (i = 1; i <= notes; i++) printf "- [%d] %s\n", i, line[i]
    } else {
        head("what")
        for (f = 1; f <= facts; f++) {
            printf "| %s |", fact[f]
            for (i = 1; i <= columns; i++) {
                text = value[fact[f], column[i]]
                printf " %s |", text == "" ? "untried" : text
            }
            print ""
        }
    }
}
