#!/usr/bin/env bash
# Builds the Debian package and the source tarball: ./deploy/package.sh [VERSION]. Both lie in build/package afterwards.
# The same commit gives the same bytes, wherever and whenever it is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/prepare.sh
. deploy/prepare.sh

need_packages deploy/apt-packages-build.txt
if [ -e .git ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
else
    SOURCE_DATE_EPOCH=$(stat -c %Y CMakeLists.txt) # of a tarball: the time of its commit
fi
export SOURCE_DATE_EPOCH
umask 022
mkdir -p var/log
log=$PWD/var/log/package.log
{
    cmake --preset package ${1:+"-DTRANSLOAD_PACKAGE_VERSION=$1"}
    cmake --build --preset package -j2
    (cd build/package && cpack)
    [ ! -e .git ] || cmake --build --preset package --target dist
} >"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    die "The package was not built; all output is in $log."
}
(cd build/package && sha256sum transload[_-]*"${1:-}"*.deb transload-*.tar.gz 2>/dev/null) || true
