"""``endpoint_search`` and ``endpoint/{id}`` (§2.2, §2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..messages import Reply, Request, json_reply
from ..model import ENTITY_TYPES, GCP_MAPPED, Endpoint
from ..world import World
from .access import (
    ADMINISTRATOR, CAN_MANAGE_RULES, User, calling_user, effective_roles, find_endpoint, is_visible,
)
from .endpoint_document import endpoint_document, with_servers
from .errors import bad_request
from .listing import select_fields, window

STOP_WORDS = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to",
              "with"}
SEARCHED = ("display_name", "canonical_name", "description", "organization", "department",
            "keywords", "owner_string", "gcs_manager_url")


def get_endpoint(world: World, request: Request, endpoint_id: str) -> Reply:
    user = calling_user(world, request)
    endpoint = find_endpoint(world, user, endpoint_id, request.path)
    return json_reply(select_fields(request, [with_servers(world, endpoint, user)])[0])


def endpoint_search(world: World, request: Request) -> Reply:
    """One page of the ranked hits, with ``has_next_page`` instead of a total."""
    user = calling_user(world, request)
    scope = request.param("filter_scope") or "all"
    text = request.param("filter_fulltext")
    _check(request, scope, text)
    limit, offset = window(request, default_limit=100, highest=1000)
    limit = min(limit, 100)
    found = [e for e in world.endpoints.values()
             if not e.deleted and _in_scope(world, e, user, scope) and _passes(e, request)]
    ranked = _rank([endpoint_document(world, e, user) for e in found], text)
    return json_reply({
        "DATA_TYPE": "endpoint_list", "limit": limit, "offset": offset,
        "has_next_page": len(ranked) > offset + limit,
        "DATA": select_fields(request, ranked[offset : offset + limit]),
    })


def _check(request: Request, scope: str, text: str) -> None:
    if scope not in SCOPES:
        raise bad_request(f"Unknown filter_scope '{scope}'", request.path)
    if scope == "all" and not text:
        raise bad_request("filter_fulltext is required with filter_scope all", request.path)
    if request.param("filter_owner_id") and scope in OWN_SCOPES:
        raise bad_request(f"filter_owner_id conflicts with filter_scope {scope}", request.path)
    entity_type = request.param("filter_entity_type")
    if entity_type and entity_type not in ENTITY_TYPES:
        raise bad_request(f"Unknown filter_entity_type '{entity_type}'", request.path)
    if entity_type and request.param("filter_non_functional"):
        raise bad_request("filter_entity_type excludes filter_non_functional", request.path)


def _passes(endpoint: Endpoint, request: Request) -> bool:
    """The filters beside scope and text."""
    owner, kind = request.param("filter_owner_id"), request.param("filter_entity_type")
    host, broken = request.param("filter_host_endpoint"), request.param("filter_non_functional")
    is_broken = endpoint.entity_type == "GCSv5_endpoint" or endpoint.entity_type.startswith("GCSv4")
    is_broken = endpoint.get("non_functional", is_broken)
    return ((not owner or endpoint.owner_id == owner)
            and (not kind or endpoint.entity_type == kind)
            and (not host or endpoint.get("mapped_collection_id") == host)
            and (broken not in ("0", "1") or is_broken == (broken == "1")))


def _owned(world: World, endpoint: Endpoint, user: User) -> bool:
    return endpoint.owner_id in user.identities


def _shared_with_me(world: World, endpoint: Endpoint, user: User) -> bool:
    """A permission given to me by name; what everybody may read is not shared with me."""
    return not _owned(world, endpoint, user) and any(
        rule.principal in user.identities for rule in endpoint.rules)


def _recently_used(world: World, endpoint: Endpoint, user: User) -> bool:
    return any(endpoint.id in task.endpoint_ids for task in world.tasks.of(user.id))


SCOPES: dict[str, Callable[[World, Endpoint, User], bool]] = {
    "all": lambda w, e, u: is_visible(e, u),
    "hide-no-permissions": lambda w, e, u: is_visible(e, u),
    "my-endpoints": _owned,
    "my-gcp-endpoints": lambda w, e, u: e.entity_type == GCP_MAPPED and _owned(w, e, u),
    "administered-by-me": lambda w, e, u: ADMINISTRATOR in effective_roles(e, u),
    "recently-used": _recently_used,
    "in-use": lambda w, e, u: any(e.id in task.endpoint_ids for task in w.tasks.active(u.id)),
    "shared-with-me": _shared_with_me,
    "shared-by-me": lambda w, e, u: e.is_guest and bool(
        CAN_MANAGE_RULES & set(effective_roles(e, u))),
}
OWN_SCOPES = ("my-endpoints", "my-gcp-endpoints", "shared-by-me")


def _in_scope(world: World, endpoint: Endpoint, user: User, scope: str) -> bool:
    return SCOPES[scope](world, endpoint, user)


def _rank(documents: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Every term has to match the beginning of a word; hits in the name count most."""
    terms = [_stem(word) for word in _words(text) if word not in STOP_WORDS]
    if text and not terms:
        return []
    hits = []
    for document in documents:
        searched = [_words(str(document[name] or "")) for name in SEARCHED]
        scores = [_score(term, searched) for term in terms]
        if all(scores):
            hits.append({**document, "_rank": round(1 + sum(scores) / 10, 2)})
    return sorted(hits, key=lambda hit: (-hit["_rank"], hit["display_name"] or "", hit["id"]))


def _score(term: str, searched: list[list[str]]) -> int:
    weights = range(len(searched), 0, -1)
    return sum(weight for weight, words in zip(weights, searched, strict=True)
               if any(word.startswith(term) for word in words))


def _words(text: str) -> list[str]:
    """Punctuation separates words, except in 'Alice's'."""
    return re.findall(r"\w+", text.lower().replace("'", ""))


def _stem(word: str) -> str:
    """The little of English stemming that a prefix match does not already do."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
