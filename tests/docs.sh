#!/usr/bin/env bash
# Writes the generated parts of README.md: the keys, from the program's own table; with --picture also the picture, from
# the program's own screen, with --bench the figures, with --table what was tried of every operation, from the tests
# that tried it. --check changes nothing and fails when the keys are out of date, or the table lacks an operation or a
# generation.
set -eu
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
cd "$ROOT"
case ${1:-} in
'' | --check | --bench | --picture | --table) ;;
*) echo "docs: no option $1; there are: --check --bench --picture --table" >&2; exit 2 ;;
esac

find_program() { # find_program NAME: the newest build of it
    local found
    found=$(find build -name "$1" -type f -perm -u+x -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d' ' -f2-)
    [ -n "$found" ] || { echo "docs: $1 is not built: run tests/run.sh first" >&2; exit 2; }
    printf '%s\n' "$found"
}

replace() { # replace NAME FILE: the text between <!-- NAME: ... --> and <!-- /NAME --> in README.md, on stdout
    awk -v name="$1" -v file="$2" '
        $0 ~ "^<!-- " name ":" { print; while ((getline line < file) > 0) print line; skip = 1; next }
        $0 == "<!-- /" name " -->" { skip = 0 }
        !skip { print }' README.md
}

check_table() { # every operation has a row, every generation a column, no cell is empty
    awk '
        FNR == 1 { file++ }
        file == 1 && /^OP\(/ { split($0, word, "\""); wanted[++operations] = word[2]; next }
        file == 1 { next }
        /^<!-- operations:/ { inside = 1 }
        /^<!-- \/operations -->/ { inside = 0 }
        inside && /^\| operation \|/ { title = $0 }
        inside && /^\| `/ {
            n = split($0, cell, /[ ]*\|[ ]*/)
            gsub(/`/, "", cell[2])
            has[cell[2]] = 1
            for (i = 3; i < n; i++)
                if (cell[i] == "" || cell[i] ~ /untried/) { print "docs: " cell[2] " was not tried everywhere"; bad = 1; break }
            if (n != 10) { print "docs: " cell[2] " has not seven cells"; bad = 1 }
        }
        END {
            if (title != "| operation | 0.2.5 | 0.4.5 | 0.6.4 | 0.7.2 | 0.8.1 | post | all |") { print "docs: a generation is missing"; bad = 1 }
            for (i = 1; i <= operations; i++)
                if (!has[wanted[i]]) { print "docs: no row for " wanted[i]; bad = 1 }
            if (!operations) { print "docs: no operations found"; bad = 1 }
            exit bad
        }' include/mix/ops.def README.md >&2 || { echo 'docs: the table of operations is out of date: run tests/docs.sh --table' >&2; exit 1; }
}

part=$(mktemp)
made=$(mktemp)
trap 'rm -f "$part" "$made"' EXIT
"$(find_program mixtui)" --help-keys=markdown >"$part"
replace keys "$part" >"$made"
if [ "${1:-}" = --check ]; then
    diff -u README.md "$made" >&2 || { echo 'docs: README.md is out of date: run tests/docs.sh' >&2; exit 1; }
    check_table
    exit 0
fi
cp "$made" README.md
if [ "${1:-}" = --bench ]; then # takes minutes, and a quiet machine
    tests/bench/run.sh >"$part"
    replace bench "$part" >"$made"
    cp "$made" README.md
fi
if [ "${1:-}" = --picture ]; then
    PICTURE=$made "$(find_program screen_picture)" >/dev/null
    { echo '```'; cat "$made"; echo '```'; } >"$part"
    replace picture "$part" >"$made"
    cp "$made" README.md
fi
if [ "${1:-}" = --table ]; then # a few minutes
    lines=$(mktemp)
    trap 'rm -f "$part" "$made" "$lines"' EXIT
    for program in unit_wire_generations cli_matrix screen_tour; do
        LC_ALL=C.UTF-8 MIX_TABLE=$lines "$(find_program "$program")" >/dev/null
    done
    for name in operations generations; do
        awk -v part="$name" -f tests/table.awk "$lines" >"$part"
        replace "$name" "$part" >"$made"
        cp "$made" README.md
    done
fi
