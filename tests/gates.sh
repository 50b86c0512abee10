#!/usr/bin/env bash
# What CI asks beyond the tests. `tests/gates.sh` runs all gates in order and stops at the first that fails;
# `tests/gates.sh format floors` runs only those named; `tests/gates.sh list` names them.
set -eu
SETUP_NAME=gates
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
# shellcheck source=src/setup.sh
. "$ROOT/src/setup.sh"
cd "$ROOT"

ALL='layout words floors auto scripts format gcc install clang tidy cppcheck asan tsan docs'
EXTRA='fuzz coverage' # by name only

# no(what, matches): a gate that greps fails with the lines found.
no() {
    [ -z "$2" ] || { printf '%s\n%s\n' "$1:" "$2" >&2; return 1; }
}

sources() { # names of C files, without the tables
    find src include tests -name '*.[ch]' | LC_ALL=C sort
}

gate_layout() { # the top level is fixed; files stay short
    local allowed=' .ci .clang-format .clang-tidy .gitignore CHANGELOG.md CMakeLists.txt CMakePresets.json LICENSE README.md include src tests themes '
    local entry odd='' long
    while read -r entry; do
        case $allowed in *" $entry "*) ;; *) odd="$odd $entry" ;; esac
    done < <(git -c safe.directory='*' ls-files | cut -d/ -f1 | sort -u)
    no 'not at home at the top level' "$odd"
    long=$(find src include -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 600')
    no 'longer than 600 lines' "$long"
}

gate_words() { # banned functions, unfinished marks, types without a name
    no 'banned functions' "$(grep -rnE --include='*.[ch]' \
        '\b(strcpy|strcat|stpcpy|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|gets|alloca)[[:space:]]*\(' \
        src include || true)"
    no 'unfinished' "$(grep -rnE --include='*.[ch]' --include='*.def' --include='*.sh' \
        '\b(TODO|FIXME|XXX|HACK)\b([^,_]|$)|\b[Ss]tub(s|bed)?\b|[Nn]ot (yet )?implemented' src include || true)"
    no 'typedef of a struct or enum' "$(grep -rnE --include='*.[ch]' \
        '^[[:space:]]*typedef[[:space:]]+(struct|enum|union)\b' src include || true)"
}

# Which floor a public header belongs to, and which floors' headers a floor may include besides its own.
floor_of_header() {
    case $1 in
    base.h | ring.h | task.h | attend.h | index.h | ruling.h | key.h | flags.h | errors.def) echo base ;;
    text.h | ini.h | flow.h | markup.h | code.h | diff.h | find.h | rule.h | tree.h) echo text ;;
    wire.h | types.h | types_admin.h | border.h | export.h | pretty.h | jtext.h | ops.def | events.def) echo wire ;;
    policy.h | policy_store.h | risks.def) echo policy ;;
    net.h) echo net ;;
    client.h | calls.h | calls.def) echo client ;;
    config.h) echo config ;;
    cli.h) echo cli ;;
    job.h) echo job ;;
    model.h | transcript.h | editor.h | act.h | panel.h | publish.h | servers.h | search.h | picture.h | copy.h | agents.h | complete.h | vi.h | files.h | preview.h | uploads.h | attention.h) echo model ;;
    command.h | keymap.h | input.h | keys.h | commands.def | keys.def) echo input ;;
    canvas.h | theme.h | view.h | styles.def) echo ui ;;
    term.h) echo term ;;
    app.h) echo app ;;
    demo.h) echo demo ;;
    esac
}
floors_below() {
    case $1 in
    base) ;;
    text | wire) echo base ;;
    net) echo base wire ;;
    client) echo base wire net ;;
    config) echo base text wire net ;;
    policy) echo base text wire ;;
    cli) echo base text wire policy net config ;;
    job) echo base text wire policy ;;
    model) echo base text wire policy ;;
    input | ui) echo base text wire policy model ;;
    term) echo base text wire policy model input ui ;;
    app) echo base text wire policy net job model input ui term config cli ;;
    demo) echo base text wire ;;
    esac
}

gate_floors() { # a floor sees only what is below it; a library lives on one floor
    local file floor line header owner bad=''
    while IFS=: read -r file line; do
        case $file in
        src/*) floor=${file#src/} floor=${floor%%/*} ;;
        *) floor=$(floor_of_header "${file##*/}") ;;
        esac
        header=$(printf '%s' "$line" | sed 's/.*[<"]mix\/\([^>"]*\).*/\1/')
        owner=$(floor_of_header "$header")
        if [ -z "$owner" ] || [ -z "$floor" ]; then
            bad="$bad$file: $header: name its floor in tests/gates.sh"$'\n'
            continue
        fi
        case " $floor $(floors_below "$floor" | tr '\n' ' ') " in
        *" $owner "*) ;;
        *) bad="$bad$file ($floor) includes mix/$header ($owner)"$'\n' ;;
        esac
    done < <(grep -rE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]mix/' src include)
    no 'upward or unknown includes' "${bad%$'\n'}"
    no 'includes around the floors' "$(grep -rnE --include='*.[ch]' '#[[:space:]]*include[[:space:]]*"\.\./' src include || true)"
    only 'curses(w)?\.h|ncurses|term\.h' 'src/term/'
    only 'curl/' 'src/net/'
    only 'cJSON|cjson' 'src/wire/'
    only 'utf8proc\.h|md4c\.h|pcre2\.h|ini\.h' 'src/text/'
    only 'sqlite3\.h' 'src/job/'
    only 'openssl/' 'src/policy/'
    only 'microhttpd\.h' 'src/demo/'
    only 'pthread\.h|stdatomic\.h|threads\.h' 'src/(base|net|job|client|demo)/'
    no 'a pure floor does I/O or reads a clock' "$(grep -nE \
        '(^|[^>.[:alnum:]_])(clock_now|clock_real|clock_ns|clock_gettime|gettimeofday|random_u32|getenv|fopen|open|opendir|socket|poll|pthread_create)[[:space:]]*\(' \
        src/text/*.[ch] src/wire/*.[ch] src/model/*.[ch] src/ui/*.[ch] src/input/*.[ch] 2>/dev/null |
        grep -vE ':[0-9]+:([^(]*/\*|[[:space:]]*\*)' || true)" # not what comments say
}
only() { # <header> regex, path regex
    no "<$1> outside $2" "$(grep -rnE --include='*.[ch]' "#[[:space:]]*include[[:space:]]*<($1)" src include |
        grep -vE "^$2" || true)"
}

gate_auto() { # an auto_ variable without a value is freed as garbage
    no 'auto_ variable without initialiser' "$(grep -rnE --include='*.c' \
        '^[[:space:]]*(auto_(free|buf|fd|json)|.*[^#[:alnum:]_]auto_(free|buf|fd|json))[[:space:]][^=]*;' src || true)"
}

gate_scripts() {
    # shellcheck disable=SC2046 # our own names have no blanks
    shellcheck -x .ci/run $(find src tests -name '*.sh' | sort)
}

gate_format() {
    # shellcheck disable=SC2046
    clang-format --dry-run -Werror $(sources)
}

gate_gcc() { # the release's optimiser sees other things than the dev build's
    setup_build release gcc -DMIX_WERROR=ON -DMIX_TESTS=ON -DMIX_BENCH=ON
}

gate_install() { # what a packager gets
    local dir file
    setup_build release gcc -DMIX_WERROR=ON -DMIX_TESTS=ON -DMIX_BENCH=ON
    dir=$(mktemp -d)
    DESTDIR=$dir cmake --install "$SETUP_BUILD" --prefix /usr >"$SETUP_BUILD/install.log"
    for file in bin/mixtui libexec/mixtui/mixtui-demo share/mixtui/themes include/mix/client.h \
        lib/libmix.so lib/libmix.a lib/pkgconfig/mix.pc lib/cmake/mix/mixConfig.cmake share/man/man3/libmix.3; do
        [ -e "$dir/usr/$file" ] || { echo "not installed: $file" >&2; rm -rf "$dir"; return 1; }
    done
    rm -rf "$dir"
}

gate_clang() {
    setup_build clang clang -DMIX_BENCH=ON
}

gate_tidy() {
    setup_build clang clang -DMIX_BENCH=ON
    local log=$SETUP_BUILD/tidy.log
    if ! run-clang-tidy -quiet -p "$SETUP_BUILD" -j2 "^$ROOT/src/.*\\.c\$" >"$log" 2>&1; then
        sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '(warning|error):' | sort -u | head -n 60 >&2 || tail -n 40 "$log" >&2
        return 1
    fi
}

# The compilers know pointers from integers better than cppcheck 2.10, which takes `f()->id` for an address, and they
# know the order of evaluation (-Wsequence-point), which it misses in `v[n++] = (struct x){.n = 1}`.
gate_cppcheck() {
    cppcheck --enable=warning,portability --error-exitcode=1 --inline-suppr --quiet -j2 --std=c11 \
        --suppress=missingIncludeSystem --suppress=preprocessorErrorDirective --suppress=AssignmentAddressToInteger \
        --suppress=unknownEvaluationOrder \
        -D_GNU_SOURCE -DMIX_VERSION='""' -DMIX_LIBEXEC_DIR='""' -Iinclude src
}

gate_asan() {
    setup_build asan asan
    run_ctest asan.log
}

# Old compilers' TSan cannot place its shadow when addresses are randomised widely.
gate_tsan() {
    local only='^unit_(net|job|client)_|^unit_base_(ring|bell)|^unit_wire_threads' targets
    setup_build_dir tsan
    (cd "$ROOT" && cmake --preset tsan -B "$SETUP_BUILD") >"$SETUP_BUILD/build.log" 2>&1 ||
        setup_build_failed configuring "$SETUP_BUILD/build.log"
    targets=$(ctest --test-dir "$SETUP_BUILD" -N -R "$only" | sed -n 's/^ *Test *#[0-9]*: //p')
    [ -n "$targets" ] || { echo 'no test of the worker or the ring found' >&2; return 1; }
    # shellcheck disable=SC2086 # a list of words
    cmake --build "$SETUP_BUILD" --target $targets >>"$SETUP_BUILD/build.log" 2>&1 ||
        setup_build_failed building "$SETUP_BUILD/build.log"
    run_ctest tsan.log -R "$only"
}

run_ctest() { # log, ctest arguments...
    local log=$SETUP_BUILD/$1 fixed=''
    shift
    if setarch -R true 2>/dev/null; then fixed='setarch -R'; fi
    if ! $fixed ctest --test-dir "$SETUP_BUILD" --output-on-failure --no-tests=error -j"$(setup_jobs)" "$@" >"$log" 2>&1; then
        tail -n 150 "$log" >&2
        return 1
    fi
    grep 'tests passed' "$log"
}

gate_docs() { # what is generated equals what is committed
    if [ -x tests/docs.sh ]; then tests/docs.sh --check; fi
}

gate_fuzz() { # 30 s for each target; needs clang's runtime (libclang-rt-*-dev)
    local program name
    setup_build fuzz fuzz
    for program in "$SETUP_BUILD"/tests/fuzz_*; do
        [ -x "$program" ] || continue
        name=${program##*/fuzz_}
        mkdir -p "$SETUP_BUILD/found/$name"
        "$program" -max_total_time=30 -timeout=5 -rss_limit_mb=1024 -print_final_stats=0 \
            -artifact_prefix="$SETUP_BUILD/found/$name-" "$SETUP_BUILD/found/$name" \
            "tests/fuzz/corpus/$name" >"$SETUP_BUILD/$name.log" 2>&1 || { tail -n 40 "$SETUP_BUILD/$name.log" >&2; return 1; }
    done
}

gate_coverage() { # needs gcovr
    setup_build coverage coverage
    run_ctest coverage.log
    gcovr -r . "$SETUP_BUILD" --filter src/ --print-summary -o "$SETUP_BUILD/coverage.txt"
}

run_gate() {
    local start=$SECONDS status=0
    printf '== %s\n' "$1"
    # A subshell that is not part of a condition, so that set -e holds inside it.
    set +e
    (set -e; "gate_$1")
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf '== %s: FAILED after %d s\n' "$1" $((SECONDS - start))
        exit 1
    fi
    printf '== %s: ok, %d s\n' "$1" $((SECONDS - start))
}

if [ "${1:-}" = list ]; then
    printf '%s\n' "$ALL" "by name only: $EXTRA"
    exit 0
fi
for gate in "$@"; do
    case " $ALL $EXTRA " in *" $gate "*) ;; *) setup_die 2 "no gate $gate; there are: $ALL $EXTRA" ;; esac
done
# shellcheck disable=SC2086 # a list of words
setup_need $SETUP_GATES
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $ALL
for gate in "$@"; do
    run_gate "$gate"
done
