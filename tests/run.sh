#!/usr/bin/env bash
# Installs what is missing, builds everything with assertions and runs every test; arguments go to ctest.
set -eu
SETUP_NAME=tests/run.sh
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
# shellcheck source=src/setup.sh
. "$ROOT/src/setup.sh"

# shellcheck disable=SC2086 # a list of words
setup_need $SETUP_TEST
# A newer compiler's new warning is no failed test; the gates are stricter.
setup_build dev tests -DMIX_WERROR=OFF
exec ctest --test-dir "$SETUP_BUILD" --output-on-failure --no-tests=error -j"$(setup_jobs)" "$@"
