#!/bin/sh
# A throwaway PostgreSQL cluster for the unit tests that say "needs: database".
#
#   with_database.sh start FILE            make a cluster, write where it is into FILE
#   with_database.sh run FILE COMMAND...   run the command with a fresh, empty database of that cluster
#   with_database.sh stop FILE             stop the cluster and remove it
#   with_database.sh once COMMAND...       all three around one command, for use by hand
#
# The command finds the database's connection string in TRANSLOAD_TEST_DATABASE. The cluster listens on a unix socket only, and
# forgets durability for speed. PostgreSQL refuses to run as root, so root runs it as the user postgres.
set -eu

fail() {
    echo "with_database.sh: $*" >&2
    exit 1
}

bin=${PG_BIN:-}
for version in 15 16 17 18; do
    [ -z "$bin" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ] && bin=/usr/lib/postgresql/$version/bin
done
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || echo /none/initdb)")
[ -x "$bin/initdb" ] || fail "PostgreSQL 15 or newer is needed: apt-get install postgresql-15"

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid postgres --regid postgres --init-groups env HOME=/ "$@")
    else
        "$@"
    fi
}

stop() {
    dir=$(cat "$1" 2>/dev/null) || return 0
    rm -f "$1"
    [ -d "$dir/data" ] || return 0
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

start() {
    stop "$1"
    dir=$(mktemp -d /tmp/transload-db.XXXXXX)
    echo "$dir" >"$1"
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale C.UTF-8 --no-sync >"$dir.log" 2>&1 || {
        cat "$dir.log" >&2
        fail "initdb failed"
    }
    rm -f "$dir.log"
    # stdin and stdout are let go: ctest waits for every holder of its pipe.
    as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -o "-k $dir -c listen_addresses='' -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=16MB" start >/dev/null 2>&1 </dev/null || {
        cat "$dir/data/log" >&2
        fail "the cluster does not start"
    }
}

run() {
    dir=$(cat "$1") || fail "no cluster: run '$0 start $1' first"
    shift
    name=test_$$
    "$bin/createdb" -h "$dir" -U postgres "$name"
    status=0
    TRANSLOAD_TEST_DATABASE="host=$dir user=postgres dbname=$name" "$@" || status=$?
    "$bin/dropdb" -h "$dir" -U postgres --force "$name"
    return $status
}

verb=${1:-}
[ $# -ge 2 ] || fail "use: start|run|stop FILE, or once COMMAND..."
shift
case $verb in
start) start "$1" ;;
stop) stop "$1" ;;
run) run "$@" ;;
once)
    file=$(mktemp)
    trap 'stop "$file"' EXIT
    start "$file"
    run "$file" "$@"
    ;;
*) fail "no such verb: $verb" ;;
esac
