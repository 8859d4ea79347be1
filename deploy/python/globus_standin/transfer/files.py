"""Paths of a collection and the directory of this machine behind them (§2.4)."""

from __future__ import annotations

import grp
import os
import posixpath
import pwd
import stat as mode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..model import Endpoint
from .errors import bad_request, transfer_error


@dataclass(frozen=True)
class Location:
    """A place in a collection: as the caller wrote it, absolute in the collection, and on disk."""

    shown: str
    path: str
    real: Path


def locate(endpoint: Endpoint, username: str, path: str, resource: str = "") -> Location:
    """Resolve ``/…``, ``/~/…`` and ``~/…``; nothing outside the collection's root is reachable."""
    if "\r" in path or "\n" in path or "\0" in path:
        raise bad_request("Path holds a control character", resource)
    home = endpoint.home.format(user=username.partition("@")[0])
    if path.startswith(("/~", "~")):
        rest = path.lstrip("/").removeprefix("~").lstrip("/")
        absolute, shown = _clean(posixpath.join(home, rest)), _clean("/~/" + rest)
    elif path.startswith("/"):
        absolute = shown = _clean(path)
    else:
        raise bad_request(f"Path {path!r} has to begin with '/' or '~'", resource)
    real = endpoint.root / absolute.lstrip("/")
    root = os.path.realpath(endpoint.root)
    if os.path.commonpath((root, os.path.realpath(real))) != root:
        raise transfer_error(403, "EndpointPermissionDenied", "Path not allowed", resource)
    return Location(shown, absolute, real)


def _clean(path: str) -> str:
    """Without ``.``, ``..`` and doubled slashes, and without a trailing one."""
    return posixpath.normpath("/" + path.lstrip("/"))


def as_directory(path: str) -> str:
    return path.rstrip("/") + "/"


def list_directory(real: Path) -> list[dict[str, Any]]:
    with os.scandir(real) as entries:
        return [file_document(entry.name, Path(entry.path)) for entry in entries]


def file_document(name: str, real: Path) -> dict[str, Any]:
    """A ``file`` document; names that are not UTF-8 are shown with replacement characters."""
    status = real.lstat()
    document = {
        "DATA_TYPE": "file", "name": os.fsencode(name).decode("utf-8", "replace"),
        "type": _type(real, status.st_mode), "size": status.st_size,
        "last_modified": datetime.fromtimestamp(int(status.st_mtime), UTC).isoformat(" "),
        "permissions": f"{mode.S_IMODE(status.st_mode):04o}",
        "user": _name(pwd.getpwuid, status.st_uid), "group": _name(grp.getgrgid, status.st_gid),
        "link_target": None, "link_size": None, "link_user": None, "link_group": None,
        "link_last_modified": None,
    }
    if mode.S_ISLNK(status.st_mode):
        document["link_target"] = os.readlink(real)
    return document


def _type(real: Path, bits: int) -> str:
    if mode.S_ISLNK(bits):
        if not real.exists():
            return "invalid_symlink"
        bits = real.stat().st_mode
    kinds = {mode.S_IFDIR: "dir", mode.S_IFREG: "file", mode.S_IFCHR: "chr", mode.S_IFBLK: "blk",
             mode.S_IFIFO: "pipe"}
    return kinds.get(mode.S_IFMT(bits), "other")


def _name(lookup: Callable[[int], Sequence[Any]], number: int) -> str:
    try:
        return str(lookup(number)[0])
    except KeyError:
        return str(number)
