#!/usr/bin/env bash
# library.sh BUILD SOURCE: installs libmix from a build directory into a directory of its own and uses it as somebody
# else would: headers alone in C and C++, pkg-config with the shared and the static library, find_package. Nothing but
# mix_* may be seen of either library.
set -eu
build=$1 source=$2
CC=${CC:-cc} CXX=${CXX:-c++}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "library: $*" >&2; exit 1; }

DESTDIR=$dir cmake --install "$build" --prefix /opt/mix --component libmix >/dev/null
prefix=$dir/opt/mix
pc=$(find "$prefix" -name mix.pc)
lib=$(dirname "$(dirname "$pc")")
[ -n "$pc" ] || fail 'mix.pc is not installed'
[ -e "$prefix/share/man/man3/libmix.3" ] || fail 'the manual page is not installed'

# ---- what is seen of it ----
odd=$(nm -D --defined-only "$lib/libmix.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | grep -v '^mix_' || true)
[ -z "$odd" ] || fail "the shared library also shows: $odd"
odd=$(nm -g --defined-only "$lib/libmix.a" | awk 'NF == 3 { print $3 }' | grep -v '^mix_' || true)
[ -z "$odd" ] || fail "the static library also shows: $odd"
declared=$(grep -ohE '\bmix_[a-z_]+\(' "$prefix/include/mix/client.h" | tr -d '(' | sort -u)
for name in $(nm -D --defined-only "$lib/libmix.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }'); do
    grep -qx "$name" <<<"$declared" || fail "$name is shown and not declared"
    nm -g --defined-only "$lib/libmix.a" | grep -q " T $name\$" || fail "the static library lacks $name"
    grep -q "$name(" "$prefix/share/man/man3/libmix.3" || fail "the manual page lacks $name"
    grep -q "$name(" "$prefix/share/doc/mixtui/libmix.md" || fail "the reference lacks $name"
done
for list in errors:RC ops:OP events:EV; do
    # shellcheck disable=SC2013 # words
    for name in $(sed -n 's/^\(RC\|OP\|EVENT\)(\([A-Z0-9_]*\),.*/\2/p' "$prefix/include/mix/${list%:*}.def"); do
        for page in man/man3/libmix.3 doc/mixtui/libmix.md; do
            grep -q "MIX_${list#*:}_$name, " "$prefix/share/$page" || fail "$page lacks MIX_${list#*:}_$name"
        done
    done
done
grep -q 'title, created_at \*/' "$prefix/share/man/man3/libmix.3" || fail 'the manual page lacks what events fill'
case $(readlink "$lib/libmix.so") in libmix.so.[0-9]*) ;; *) fail 'libmix.so has no version' ;; esac

# ---- headers alone ----
for header in "$prefix"/include/mix/*.h; do
    name=mix/${header##*/}
    [ "$name" != mix/calls.h ] || continue # a part of client.h
    for language in 'c -std=c99' 'c++ -std=c++11' 'c++ -std=c++17'; do
        # shellcheck disable=SC2086 # a language and its standard
        printf '#include <%s>\n' "$name" | "$CC" -x $language -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
            -I"$prefix/include" - || fail "$name does not stand alone as $language"
    done
done

# ---- names ----
cat >"$dir/names.c" <<'END'
#define RC "theirs"
#define OP "theirs"
#define EVENT "theirs"
#define ALIAS "theirs"
#define LIST_OF "theirs"
#include <mix/client.h>
static const char *const still[] = {RC, OP, EVENT, ALIAS, LIST_OF};
int main(void) { return !still[0] || MIX_RC_OK != 0 || MIX_OP_SESSIONS_LIST != 0 || MIX_EV_CONNECTED != 0; }
END
"$CC" -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -fsyntax-only "$dir/names.c" || fail 'macros of a program are lost'
sort >"$dir/std" <<<"$(printf '#include <std%s.h>\n' bool def int | "$CC" -dM -E -)"
odd=$(echo '#include <mix/client.h>' | "$CC" -I"$prefix/include" -dM -E - | sort | comm -23 - "$dir/std" | grep -v '^#define MIX_' || true)
[ -z "$odd" ] || fail "client.h also defines: $odd"

# ---- pkg-config ----
export PKG_CONFIG_PATH=$lib/pkgconfig
cd "$dir"
example=$source/tests/examples/transport.c # needs no server
# shellcheck disable=SC2046 # words
"$CC" -o shared "$example" $(pkg-config --cflags --libs mix)
LD_LIBRARY_PATH=$lib ./shared >/dev/null || fail 'the example with the shared library fails'
# shellcheck disable=SC2046
"$CC" -o static "$example" $(pkg-config --cflags mix) \
    $(pkg-config --libs mix | sed 's/-lmix/-l:libmix.a/') $(pkg-config --libs libcurl libcjson) -pthread
env -u LD_LIBRARY_PATH ./static >/dev/null || fail 'the example with the static library fails'
case " $(pkg-config --static --libs mix) " in *' -lcurl '*) ;; *) fail 'mix.pc does not say what the static library needs' ;; esac

# ---- CMake ----
mkdir project
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.16)
project(other C CXX)
find_package(mix $(pkg-config --modversion mix) REQUIRED)
foreach(kind mix mix_static)
  add_executable(with_\${kind} $example)
  target_link_libraries(with_\${kind} PRIVATE mix::\${kind})
endforeach()
file(WRITE plus.cpp "#include <mix/client.h>\\n#include <cstdio>\\nint main() { mix_client *c = mix_client_new(nullptr == nullptr ? new mix_options() : nullptr, nullptr); return c ? 1 : std::puts(mix_version()) < 0; }\\n")
file(WRITE \${CMAKE_CURRENT_SOURCE_DIR}/space.cpp "#include <cstddef>\\n#include <cstdint>\\nnamespace mix {\\n#include <mix/client.h>\\n}\\nstruct message { int mine; };\\nint main() { mix::mix_retry *none = nullptr; message m = {0}; return m.mine || none || !mix::mix_version(); }\\n")
add_executable(space space.cpp)
target_link_libraries(space PRIVATE mix::mix)
add_executable(plus plus.cpp)
target_link_libraries(plus PRIVATE mix::mix)
END
sed -i "s,file(WRITE plus.cpp,file(WRITE \${CMAKE_CURRENT_SOURCE_DIR}/plus.cpp," project/CMakeLists.txt
{
    cmake -G Ninja -S project -B project/build -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX"
    cmake --build project/build
} >cmake.log 2>&1 || { tail -n 30 cmake.log >&2; fail 'find_package does not work'; }
for program in with_mix with_mix_static plus space; do
    "project/build/$program" >/dev/null || fail "$program fails"
done
