#!/usr/bin/env bash
# Installs what is missing, builds a release and starts mixtui with the arguments given.
set -eu
SETUP_NAME=run.sh
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
# shellcheck source=src/setup.sh
. "$ROOT/src/setup.sh"

# shellcheck disable=SC2086 # a list of words
setup_need $SETUP_RUN
setup_build release release
exec "$SETUP_BUILD/mixtui" "$@"
