#!/usr/bin/env bash
# run.sh SERVER PROGRAM SOURCE [OPTIONS...]: runs an example against a demo server of its own, which is started with the
# options and what lines ` * demo: OPTIONS` in the source say.
set -eu
server=$1 program=$2 source=$3
shift 3
read -ra options <<<"$(sed -n 's/ \*\/$//; s/^ \* demo: //p' "$source" | tr '\n' ' ')"
coproc DEMO { exec "$server" --port 0 --speed 0 --exit-with-stdin ${options[@]+"${options[@]}"} "$@"; }
# shellcheck disable=SC2034 # set by coproc
pid=$DEMO_PID
exec {stdin}>&"${DEMO[1]}" {stdout}<&"${DEMO[0]}"
read -r -t 30 line <&"$stdout"
status=0
timeout 60 "$program" "${line##* }" || status=$?
exec {stdin}>&-
kill "$pid" 2>/dev/null || true
wait "$pid" 2>/dev/null || true
exit "$status"
