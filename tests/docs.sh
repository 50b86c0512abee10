#!/usr/bin/env bash
# Writes the generated parts of README.md: the keys, from the program's own table; with --picture also the picture, from
# the program's own screen, with --bench the figures. --check changes nothing and fails when the keys are out of date.
set -eu
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
cd "$ROOT"

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

part=$(mktemp)
made=$(mktemp)
trap 'rm -f "$part" "$made"' EXIT
"$(find_program mixtui)" --help-keys=markdown >"$part"
replace keys "$part" >"$made"
if [ "${1:-}" = --check ]; then
    diff -u README.md "$made" >&2 || { echo 'docs: README.md is out of date: run tests/docs.sh' >&2; exit 1; }
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
