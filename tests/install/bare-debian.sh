#!/usr/bin/env bash
# Proves both commands in a bare Debian: makes a minimal root with debootstrap, clones this tree into it, and there
# runs src/run.sh twice (the second time nothing may be installed), tests/run.sh and src/run.sh as another user.
# Takes a few minutes and root. `--keep` leaves the root in place; `--build-only` leaves out the tests.
# Set SUITE for another release. apt in the root uses the sources, proxies and keys of this machine.
set -eu
SETUP_NAME='bare-debian'
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd -P)
# shellcheck source=src/setup.sh
. "$ROOT/src/setup.sh"
SUITE=${SUITE:-bookworm}
keep='' tests=yes
for arg in "$@"; do
    case $arg in
    --keep) keep=yes ;;
    --build-only) tests='' ;;
    *) setup_die 2 'usage: bare-debian.sh [--keep] [--build-only]' ;;
    esac
done
[ "$(id -u)" = 0 ] || setup_die 2 'needs root'
setup_need git debootstrap

bare=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
chmod 755 "$bare" # it becomes somebody's root directory
mounted=()
cleanup() {
    local i
    for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do
        umount "${mounted[i]}" || { setup_say "still mounted: ${mounted[i]}; $bare is left in place"; return; }
    done
    if [ -n "$keep" ]; then setup_say "kept: $bare"; else rm -rf --one-file-system "$bare"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM
# As few as work: programs want /proc, a pseudo-terminal wants /dev/pts.
bind() { # option, source, place
    mount "$1" "$2" "$bare$3"
    mounted+=("$bare$3")
}
inside() { # a clean environment, as a fresh login would have
    chroot "$bare" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root TERM=xterm-256color "$@" </dev/null
}
step() { setup_say "== $* ($SECONDS s)"; }

# The first mirror of this suite that this machine itself uses.
# shellcheck disable=SC2016 # apt's own placeholders
mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
    awk -v suite="$SUITE" '($2 == suite || $3 == suite) && $1 !~ /security/ { print $1; exit }')
mirror=${mirror:-http://deb.debian.org/debian}

step "debootstrap $SUITE from $mirror"
debootstrap --variant=minbase "$SUITE" "$bare" "$mirror" >"$bare.log" 2>&1 ||
    { tail -n 20 "$bare.log" >&2; setup_die 1 "debootstrap failed (all of it: $bare.log)"; }
rm -f "$bare.log"

# What apt here needs to reach its mirror, apt there needs as well.
cp /etc/resolv.conf "$bare/etc/resolv.conf"
cp /etc/hosts "$bare/etc/hosts"
if [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = "$SUITE" ]; then
    for path in sources.list sources.list.d trusted.gpg.d keyrings auth.conf auth.conf.d; do
        [ ! -e "/etc/apt/$path" ] || cp -rL "/etc/apt/$path" "$bare/etc/apt/"
    done
fi
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if [ -f "$file" ] && grep -qiE 'proxy|Verify|CaInfo|Acquire::' "$file"; then
        cp --parents "$file" "$bare"
    fi
done
# Keys that the copied sources name by path.
{ grep -rhoE '(Signed-By:|signed-by=)[[:space:]]*/[^] ]+' "$bare/etc/apt" || true; } |
    sed -E 's/^[^/]*//' | sort -u | while read -r key; do
    if [ -f "$key" ]; then
        mkdir -p "$bare${key%/*}"
        cp -L "$key" "$bare$key"
    fi
done

if grep -rqs https:// "$bare/etc/apt" && [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    cp -L /etc/ssl/certs/ca-certificates.crt "$bare/etc/apt/machine-ca.crt"
    echo 'Acquire::https::CaInfo "/etc/apt/machine-ca.crt";' >"$bare/etc/apt/apt.conf.d/99machine-ca"
fi

bind --types=proc proc /proc
bind --bind /dev /dev
bind --bind /dev/pts /dev/pts
git clone --quiet --no-hardlinks "$ROOT" "$bare/root/mixtui" 2>/dev/null ||
    git -c safe.directory='*' clone --quiet --no-hardlinks "$ROOT" "$bare/root/mixtui"

step 'src/run.sh --version'
inside /root/mixtui/src/run.sh --version
step 'src/run.sh --version again'
second=$(inside /root/mixtui/src/run.sh --version 2>&1)
printf '%s\n' "$second"
case $second in *installing*) setup_die 1 'the second run installed something' ;; esac

step 'src/run.sh by another user, from another directory, with sudo absent'
inside useradd --create-home someone
cp -r "$bare/root/mixtui" "$bare/home/mixtui" && rm -rf "$bare/home/mixtui/build"
inside su someone -c 'cd / && /home/mixtui/src/run.sh --version'

if [ -n "$tests" ]; then
    step 'tests/run.sh'
    inside sh -c 'cd /usr && /root/mixtui/tests/run.sh'
fi
step 'all good'
