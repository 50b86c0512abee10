#!/usr/bin/env bash
# Builds a release with its benchmarks, runs them all and prints one Markdown table. Give it a quiet machine: what is
# measured are ratios, but a busy neighbour still shows. Arguments name single benchmarks (start, keys, ...).
set -eu
SETUP_NAME=bench
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd -P)
# shellcheck source=src/setup.sh
. "$ROOT/src/setup.sh"

# shellcheck disable=SC2086 # a list of words
setup_need $SETUP_BENCH
setup_build release bench -DMIX_TESTS=ON -DMIX_BENCH=ON
[ $# -gt 0 ] || set -- start keys idle events history api calls transfer picker diff markup search thread stream index asks grant composer hostile
status=0
printf '| what | mixtui | floor | ratio | limit | |\n|---|---|---|---|---|---|\n'
for name in "$@"; do
    out=$("$SETUP_BUILD/tests/bench_$name") || status=1
    printf '%s\n' "$out" | sed -E 's/^  +/... /; s/\t/ | /g; s/^/| /; s/$/ |/'
done
exit $status
