#!/usr/bin/env bash
# Writes pictures of whole days of work, at three sizes and in four themes, as text and SVG: into the directory given,
# or build/pictures.
set -eu
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
cd "$ROOT"
program=$(find build -name screen_days -type f -perm -u+x -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d' ' -f2-)
[ -n "$program" ] || { echo 'pictures: screen_days is not built: run tests/run.sh first' >&2; exit 2; }
dir=${1:-build/pictures}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)
PICTURES=$dir LC_ALL=C.UTF-8 "$program" >/dev/null
printf '%s\n' "$dir"
