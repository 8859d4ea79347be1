"""Scope strings (§1.3): their syntax, which of them exist, and their resource servers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..model import GCSV5_ENDPOINT, GCSV5_GUEST, GCSV5_MAPPED, Endpoint

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
AUTH_SERVER = "auth.globus.org"
TRANSFER_SERVER = "transfer.api.globus.org"

AUTH_SCOPES = ("openid", "profile", "email") + tuple(
    f"urn:globus:auth:scope:auth.globus.org:{name}"
    for name in ("view_identity_set", "view_identities", "view_consents", "view_authentications",
                 "manage_projects")
)

# Services beside Auth and Transfer that the command line client asks for at every login.
STATIC_SCOPES: dict[str, str] = {
    **dict.fromkeys(AUTH_SCOPES, AUTH_SERVER),
    TRANSFER_ALL: TRANSFER_SERVER,
    "urn:globus:auth:scope:groups.api.globus.org:all": "groups.api.globus.org",
    "urn:globus:auth:scope:search.api.globus.org:all": "search.api.globus.org",
    "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer":
        "524230d7-ea86-4a52-8312-86065a9e0417",
    "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all": "flows.globus.org",
}

COLLECTION_SCOPE = re.compile(r"https://auth\.globus\.org/scopes/([0-9a-f-]{36})/(data_access|https)")
ENDPOINT_SCOPE = re.compile(r"urn:globus:auth:scope:([0-9a-f-]{36}):manage_collections")

ScopePath = tuple[str, ...]


class UnknownScope(ValueError):
    """A scope that does not exist, or a string that is no scope expression."""


def data_access(collection_id: str) -> str:
    return f"https://auth.globus.org/scopes/{collection_id}/data_access"


def parse(text: str) -> list[ScopePath]:
    """Every path of the scope forest in ``text``: ``a[*b c] d`` gives (a) (a,b) (a,c) (d)."""
    tokens = re.findall(r"[\[\]]|[^\[\]\s]+", text)
    paths: list[ScopePath] = []
    parents: list[str] = []
    current = ""
    for token in tokens:
        if token == "[":
            if not current:
                raise UnknownScope(text)
            parents.append(current)
            current = ""
        elif token == "]":
            if not parents:
                raise UnknownScope(text)
            parents.pop()
            current = ""
        else:
            current = token.removeprefix("*")
            paths.append((*parents, current))
    if parents:
        raise UnknownScope(text)
    return list(dict.fromkeys(paths))


def resource_server(scope: str, endpoints: Mapping[str, Endpoint]) -> str:
    """Where tokens for ``scope`` are used; raises UnknownScope when Globus would not know it.

    Asking for ``data_access`` on anything but a mapped GCSv5 collection that is not high assurance
    breaks a login (§0.6), so exactly those exist here.
    """
    if scope in STATIC_SCOPES:
        return STATIC_SCOPES[scope]
    if match := COLLECTION_SCOPE.fullmatch(scope):
        endpoint = endpoints.get(match[1])
        if endpoint and (_has_https(endpoint, match[2]) or _has_data_access(endpoint, match[2])):
            return match[1]
    if match := ENDPOINT_SCOPE.fullmatch(scope):
        endpoint = endpoints.get(match[1])
        if endpoint and endpoint.entity_type == GCSV5_ENDPOINT:
            return match[1]
    raise UnknownScope(scope)


def _has_https(endpoint: Endpoint, kind: str) -> bool:
    return kind == "https" and endpoint.entity_type in (GCSV5_MAPPED, GCSV5_GUEST)


def _has_data_access(endpoint: Endpoint, kind: str) -> bool:
    return kind == "data_access" and endpoint.needs_data_access
