# shellcheck shell=bash
# setup.sh - sourced by src/run.sh, tests/run.sh and tests/gates.sh: finds what is missing, installs it where apt
# is, builds. The caller sets SETUP_NAME and ROOT. Needs nothing newer than bash 3.2.
: "${SETUP_NAME:?}" "${ROOT:?}"

setup_say() { printf '%s: %s\n' "$SETUP_NAME" "$*" >&2; }
setup_die() {
    local status=$1
    shift
    setup_say "$*"
    exit "$status"
}

# item  probe  Debian  Fedora  Arch  Alpine  openSUSE  Homebrew
# A probe is the name of a program, a file, or pc: and the name of a pkg-config module.
setup_table() {
    cat <<'EOF'
cmake         cmake            cmake               cmake               cmake         cmake             cmake               cmake
ninja         ninja            ninja-build         ninja-build         ninja         samurai           ninja               ninja
compiler      cc               gcc                 gcc                 gcc           gcc               gcc                 llvm
compiler++    c++              g++                 gcc-c++             gcc           g++               gcc-c++             llvm
libc          @stdio           libc6-dev           glibc-devel         glibc         musl-dev          glibc-devel         -
pkg-config    pkg-config       pkg-config          pkgconf-pkg-config  pkgconf       pkgconf           pkgconf-pkg-config  pkgconf
ncurses       pc:ncursesw      libncurses-dev      ncurses-devel       ncurses       ncurses-dev       ncurses-devel       ncurses
libcurl       pc:libcurl       libcurl4-openssl-dev libcurl-devel      curl          curl-dev          libcurl-devel       curl
cjson         pc:libcjson      libcjson-dev        cjson-devel         cjson         cjson-dev         cJSON-devel         cjson
utf8proc      pc:libutf8proc   libutf8proc-dev     utf8proc-devel      libutf8proc   utf8proc-dev      utf8proc-devel      utf8proc
md4c          pc:md4c          libmd4c-dev         md4c-devel          md4c          md4c-dev          md4c-devel          md4c
pcre2         pc:libpcre2-8    libpcre2-dev        pcre2-devel         pcre2         pcre2-dev         pcre2-devel         pcre2
sqlite        pc:sqlite3       libsqlite3-dev      sqlite-devel        sqlite        sqlite-dev        sqlite3-devel       sqlite
chafa         chafa            chafa               chafa               chafa         chafa             chafa               chafa
inih          pc:inih          libinih-dev         inih-devel          libinih       inih-dev          inih-devel          inih
libcrypto     pc:libcrypto     libssl-dev          openssl-devel       openssl       openssl-dev       libopenssl-devel    openssl@3
microhttpd    pc:libmicrohttpd libmicrohttpd-dev   libmicrohttpd-devel libmicrohttpd libmicrohttpd-dev libmicrohttpd-devel libmicrohttpd
certificates  @certs           ca-certificates     -                   -             -                 -                   -
cmocka        pc:cmocka        libcmocka-dev       libcmocka-devel     cmocka        cmocka-dev        libcmocka-devel     cmocka
vterm         pc:vterm         libvterm-dev        libvterm-devel      libvterm      libvterm-dev      libvterm-devel      libvterm
zsh           zsh              zsh                 zsh                 zsh           zsh               zsh                 zsh
fish          fish             fish                fish                fish          fish              fish                fish
mandoc        mandoc           mandoc              mandoc              mandoc        mandoc            mandoc              mandoc
col           col              bsdextrautils       util-linux          util-linux    util-linux-misc   util-linux          util-linux
curl          curl             curl                curl                curl          curl              curl                curl
fzf           fzf              fzf                 fzf                 fzf           fzf               fzf                 fzf
git           git              git                 git                 git           git               git                 git
clang         clang            clang               clang               clang         clang             clang               llvm
clang-tidy    run-clang-tidy   clang-tidy          clang-tools-extra   clang         clang-extra-tools clang-tools         llvm
clang-format  clang-format     clang-format        clang-tools-extra   clang         clang-extra-tools clang-tools         llvm
cppcheck      cppcheck         cppcheck            cppcheck            cppcheck      cppcheck          cppcheck            cppcheck
shellcheck    shellcheck       shellcheck          ShellCheck          shellcheck    shellcheck        ShellCheck          shellcheck
debootstrap   debootstrap      debootstrap         debootstrap         debootstrap   debootstrap       debootstrap         -
EOF
}

SETUP_RUN='cmake ninja compiler libc pkg-config ncurses libcurl cjson utf8proc md4c pcre2 sqlite libcrypto inih microhttpd certificates'
# shellcheck disable=SC2034 # for the scripts that source this one
SETUP_TEST="$SETUP_RUN compiler++ cmocka vterm chafa zsh fish mandoc col"
# shellcheck disable=SC2034
SETUP_BENCH="$SETUP_TEST curl fzf"
# shellcheck disable=SC2034
SETUP_GATES="$SETUP_TEST git clang clang-tidy clang-format cppcheck shellcheck"

setup_has() { # probe
    case $1 in
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    @stdio) [ -e /usr/include/stdio.h ] || [ "$SETUP_FAMILY" = brew ] ;;
    @certs) [ "$SETUP_FAMILY" != apt ] || [ -s /etc/ssl/certs/ca-certificates.crt ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# Sets SETUP_FAMILY (apt dnf pacman apk zypper brew or empty), SETUP_SYSTEM (for people), SETUP_OLD (why it is too old).
setup_system() {
    local ID='' ID_LIKE='' VERSION_ID='' PRETTY_NAME='' key value
    SETUP_FAMILY='' SETUP_OLD=''
    if [ "$(uname -s)" = Darwin ]; then
        SETUP_FAMILY=brew SETUP_SYSTEM=macOS
        return
    fi
    if [ -r /etc/os-release ]; then
        while IFS='=' read -r key value; do
            value=${value%\"} value=${value#\"}
            case $key in
            ID) ID=$value ;;
            ID_LIKE) ID_LIKE=$value ;;
            VERSION_ID) VERSION_ID=$value ;;
            PRETTY_NAME) PRETTY_NAME=$value ;;
            esac
        done </etc/os-release
    fi
    SETUP_SYSTEM=${PRETTY_NAME:-this system}
    case " $ID $ID_LIKE " in
    *' debian '* | *' ubuntu '*) SETUP_FAMILY=apt ;;
    *' fedora '* | *' rhel '*) SETUP_FAMILY=dnf ;;
    *' arch '*) SETUP_FAMILY=pacman ;;
    *' alpine '*) SETUP_FAMILY=apk ;;
    *suse*) SETUP_FAMILY=zypper ;;
    esac
    local major=${VERSION_ID%%.*}
    case $ID:$major in
    *:*[!0-9]* | *:) ;; # a rolling release has no number
    debian:*) [ "$major" -ge 12 ] || SETUP_OLD="Debian $VERSION_ID is too old: Debian 12 or newer is needed" ;;
    ubuntu:*) [ "$major" -ge 24 ] || SETUP_OLD="Ubuntu $VERSION_ID is too old: Ubuntu 24.04 or newer is needed" ;;
    esac
}

# Sets SETUP_MISSING to the items of the list given that are not there. The usual case costs one pkg-config.
setup_probe() { # items...
    local item probe rest modules=''
    SETUP_MISSING=''
    while read -r item probe rest; do
        case " $* " in *" $item "*) ;; *) continue ;; esac
        case $probe in
        pc:*) modules="$modules ${probe#pc:}" ;;
        *) setup_has "$probe" || SETUP_MISSING="$SETUP_MISSING $item" ;;
        esac
    done < <(setup_table)
    # shellcheck disable=SC2086 # a list of words
    if [ -n "$modules" ] && ! pkg-config --exists $modules 2>/dev/null; then
        while read -r item probe rest; do
            case " $* " in *" $item "*) ;; *) continue ;; esac
            case $probe in pc:*) setup_has "$probe" || SETUP_MISSING="$SETUP_MISSING $item" ;; esac
        done < <(setup_table)
    fi
    SETUP_MISSING=${SETUP_MISSING# }
}

setup_packages() { # items...: their package names on this family, one line
    local item probe deb fed arch alp suse brew name
    while read -r item probe deb fed arch alp suse brew; do
        case " $* " in *" $item "*) ;; *) continue ;; esac
        case $SETUP_FAMILY in
        apt) name=$deb ;; dnf) name=$fed ;; pacman) name=$arch ;;
        apk) name=$alp ;; zypper) name=$suse ;; brew) name=$brew ;; *) name=$item ;;
        esac
        [ "$name" = - ] || printf '%s\n' "$name"
    done < <(setup_table) | sort -u | tr '\n' ' ' | sed 's/ $//'
}

setup_hint() { # packages
    case $SETUP_FAMILY in
    apt) printf 'apt-get install %s' "$1" ;;
    dnf) printf 'dnf install %s' "$1" ;;
    pacman) printf 'pacman -S --needed %s' "$1" ;;
    apk) printf 'apk add %s' "$1" ;;
    zypper) printf 'zypper install %s' "$1" ;;
    brew) printf 'brew install %s' "$1" ;;
    *) printf 'the development packages of: %s' "$1" ;;
    esac
}

# Runs apt-get as root without a question; everything it says goes to the log.
setup_apt() {
    local cmd
    cmd=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@")
    [ "$(id -u)" = 0 ] || cmd=(sudo "${cmd[@]}")
    "${cmd[@]}" >>"$SETUP_LOG" 2>&1 </dev/null
}

setup_install() { # packages
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || setup_die 2 "missing packages; as root: $(setup_hint "$1")"
        if ! sudo -n true 2>/dev/null; then
            [ -t 0 ] || setup_die 2 "missing packages and sudo wants a password; as root: $(setup_hint "$1")"
            sudo -v || setup_die 2 "no root; ask somebody for: $(setup_hint "$1")"
        fi
    fi
    SETUP_LOG=$(mktemp "${TMPDIR:-/tmp}/mixtui-apt.XXXXXX") || setup_die 1 'cannot make a temporary file'
    setup_say "installing with apt-get: $1"
    # One broken source of somebody else's must not stop us: what counts is whether the packages come.
    setup_apt update || setup_say 'apt-get update complained; going on with the lists there are'
    # shellcheck disable=SC2086 # a list of words
    if ! setup_apt install -y --no-install-recommends $1; then
        tail -n 15 "$SETUP_LOG" >&2
        setup_die 1 "apt-get failed (all of it: $SETUP_LOG)"
    fi
    rm -f "$SETUP_LOG"
}

setup_versions() {
    local have
    have=$(cmake --version) have=${have#cmake version } have=${have%%[!0-9.]*}
    case $have in
    [0-2].* | 3.[0-9] | 3.[0-9].* | 3.1[0-9]* | 3.2[0-4]*)
        setup_die 2 "cmake $have is too old: 3.25 or newer is needed" ;;
    esac
    pkg-config --atleast-version=7.87 libcurl ||
        setup_die 2 "libcurl $(pkg-config --modversion libcurl) is too old: 7.87 or newer is needed"
}

# Everything named is there afterwards, or one line said what is not and the script has ended with 2.
setup_need() { # items...
    local packages
    setup_system
    setup_probe "$@"
    if [ -n "$SETUP_MISSING" ]; then
        [ -z "$SETUP_OLD" ] || setup_die 2 "$SETUP_OLD"
        # shellcheck disable=SC2086 # lists of words, here and below
        packages=$(setup_packages $SETUP_MISSING)
        if [ "$SETUP_FAMILY" != apt ] || ! command -v apt-get >/dev/null 2>&1; then
            setup_die 2 "missing on $SETUP_SYSTEM; install with: $(setup_hint "$packages")"
        fi
        setup_install "$packages"
        setup_probe "$@"
        [ -z "$SETUP_MISSING" ] || setup_die 2 "installed, but still not found: $SETUP_MISSING"
    fi
    setup_versions
}

# Sets SETUP_BUILD: build/<name> here, or under the user's cache when this tree is not theirs to write.
setup_build_dir() { # name
    local id
    SETUP_BUILD=$ROOT/build/$1
    if mkdir -p "$SETUP_BUILD" 2>/dev/null && [ -w "$SETUP_BUILD" ]; then
        return
    fi
    id=$(printf '%s' "$ROOT" | cksum)
    SETUP_BUILD=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/mixtui/build-${id%% *}/$1
    if ! mkdir -p "$SETUP_BUILD" 2>/dev/null || [ ! -w "$SETUP_BUILD" ]; then
        setup_die 1 "cannot write to $ROOT/build nor to $SETUP_BUILD"
    fi
}

# How many tests at once: most of them wait for something nearly all the time.
setup_jobs() {
    local cores
    cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
    echo $((cores > 7 ? 8 : cores + 1))
}

# Configures when needed and builds; the output goes to build.log, of which only a failure shows the tail.
setup_build() { # preset, name of the build directory, cmake -D options...
    local preset=$1 log fresh='' cached=''
    setup_build_dir "$2"
    shift 2
    log=$SETUP_BUILD/build.log
    setup_say "building (log: $log)"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$SETUP_BUILD/.lock"
        flock 9
    fi
    : >"$log"
    if [ -f "$SETUP_BUILD/CMakeCache.txt" ]; then
        cached=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$SETUP_BUILD/CMakeCache.txt")
        [ "$cached" = "$ROOT" ] || fresh=--fresh # the tree was moved or copied
    fi
    if [ ! -f "$SETUP_BUILD/build.ninja" ] || [ -n "$fresh" ] || [ $# -gt 0 ]; then
        (cd "$ROOT" && cmake $fresh --preset "$preset" -B "$SETUP_BUILD" "$@") >>"$log" 2>&1 ||
            setup_build_failed configuring "$log"
    fi
    cmake --build "$SETUP_BUILD" >>"$log" 2>&1 || setup_build_failed building "$log"
    exec 9>&-
}

setup_build_failed() { # what, log
    tail -n 40 "$2" >&2
    setup_die 1 "$1 failed (all of it: $2)"
}
