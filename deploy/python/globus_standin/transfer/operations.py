"""The file operations ``ls``, ``stat``, ``mkdir``, ``rename`` (§2.4)."""

from __future__ import annotations

from typing import Any

from ..messages import Refusal, Reply, Request, json_reply
from ..model import Endpoint
from ..world import World
from . import access
from .errors import bad_request, operation_failed, transfer_error
from .files import Location, as_directory, file_document, list_directory, locate
from .listing import clauses, matches_pattern, order, select_fields, window
from .results import result


def ls(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint, user = _open(world, request, endpoint_id, "DirListing")
    path = request.param("path") or endpoint.get("default_directory") or "/~/"
    place = _permitted(world, request, endpoint, user, path, "r")
    if not place.real.exists():
        raise _path_not_found(request, path)
    if not place.real.is_dir():
        raise operation_failed(endpoint, "DirListing", "NotDirectory",
                               f"'{path}' is not a directory", request.path)
    limit, offset = window(request, default_limit=100000, highest=10**9)
    files = order(request, _filtered(request, list_directory(place.real)), "name")
    shown = select_fields(request, files[offset : offset + limit])
    return json_reply({
        "DATA_TYPE": "file_list", "endpoint": endpoint.id, "path": as_directory(place.shown),
        "absolute_path": None, "rename_supported": True, "symlink_supported": True,
        "length": len(shown), "total": len(files), "DATA": shown,
    })


def _filtered(request: Request, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if request.param("show_hidden", "1") in ("0", "false"):
        files = [f for f in files if not f["name"].startswith(".")]
    for key, pattern in clauses(request):
        files = [f for f in files if matches_pattern(str(f.get(key, "")), pattern)]
    return files


def stat(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint, user = _open(world, request, endpoint_id, "Stat")
    path = request.param("path")
    place = _permitted(world, request, endpoint, user, path, "r")
    if not place.real.exists():
        raise transfer_error(404, "NotFound", f"Path not found: {path}", request.path)
    return json_reply(file_document(place.real.name, place.real))


def mkdir(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint, user = _open(world, request, endpoint_id, "Mkdir")
    path = str((request.json() or {}).get("path") or "")
    place = _permitted(world, request, endpoint, user, path, "w")
    if place.real.exists():
        raise operation_failed(endpoint, "Mkdir", "Exists", "Path already exists", request.path)
    if not place.real.parent.is_dir():
        raise _path_not_found(request, path)
    place.real.mkdir()
    return result(request, "DirectoryCreated", "The directory was created successfully", 202,
                  "mkdir_result")


def rename(world: World, request: Request, endpoint_id: str) -> Reply:
    endpoint, user = _open(world, request, endpoint_id, "Rename")
    body = request.json() or {}
    old = _permitted(world, request, endpoint, user, str(body.get("old_path") or ""), "w")
    new = _permitted(world, request, endpoint, user, str(body.get("new_path") or ""), "w")
    if not old.real.exists():
        raise _path_not_found(request, old.shown)
    if new.real.exists():
        raise operation_failed(endpoint, "Rename", "Exists", "Path already exists", request.path)
    old.real.rename(new.real)
    return result(request, "FileRenamed", "File or directory renamed successfully")


def _open(world: World, request: Request, endpoint_id: str,
          operation: str) -> tuple[Endpoint, access.User]:
    """Everything that may refuse a file operation before a path is looked at."""
    user = access.calling_user(world, request)
    endpoint = access.find_endpoint(world, user, endpoint_id, request.path)
    assert request.token is not None
    access.require_usable(endpoint, user, request.path)
    access.require_consent_and_session(world, endpoint, request.token, operation, request.path)
    access.require_reachable(world, endpoint, user, operation, request.path)
    return endpoint, user


def _path_not_found(request: Request, path: str) -> Refusal:
    return transfer_error(404, "ClientError.NotFound", f"No such path: {path}", request.path)


def _permitted(world: World, request: Request, endpoint: Endpoint, user: access.User, path: str,
               permission: str) -> Location:
    if not path:
        raise bad_request("path is required", request.path)
    place = locate(endpoint, user.username, path, request.path)
    if not access.may(world, endpoint, user, place.path, permission):
        raise transfer_error(403, "EndpointPermissionDenied",
                             f"Denied by endpoint: Path not allowed: {place.shown}", request.path)
    return place
