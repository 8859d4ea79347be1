"""``filter``, ``orderby``, ``limit``, ``offset`` and ``fields``, shared by the list calls (§2)."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from ..messages import Request
from .errors import bad_request

Document = dict[str, Any]


def window(request: Request, default_limit: int, highest: int) -> tuple[int, int]:
    """``limit`` and ``offset`` of the query, within what the call allows."""
    try:
        limit = int(request.param("limit") or default_limit)
        offset = int(request.param("offset") or 0)
    except ValueError:
        raise bad_request("limit and offset have to be integers", request.path) from None
    if limit < 1 or offset < 0 or offset + limit > highest:
        raise bad_request(f"offset + limit has to be at most {highest}", request.path)
    return limit, offset


def select_fields(request: Request, documents: list[Document]) -> list[Document]:
    """Only the members named in ``fields``; everything when it is absent."""
    names = [name for name in request.param("fields").split(",") if name]
    if not names:
        return documents
    return [{n: d[n] for n in ["DATA_TYPE", *names] if n in d} for d in documents]


def order(request: Request, documents: list[Document], default: str) -> list[Document]:
    """``orderby=type,name`` or ``size DESC``: later keys first, because sorting is stable."""
    for clause in reversed((request.param("orderby") or default).split(",")):
        key, _, direction = clause.strip().partition(" ")
        documents = sorted(documents, key=_sort_key(key), reverse=direction.upper() == "DESC")
    return documents


def _sort_key(name: str) -> Callable[[Document], tuple[bool, Any]]:
    def key(document: Document) -> tuple[bool, Any]:
        value = document.get(name)
        return value is not None, "" if value is None else value

    return key


def clauses(request: Request) -> list[tuple[str, str]]:
    """``filter=key:value/key:value``, repeatable, as pairs."""
    texts = [text for value in request.query.get("filter", []) for text in value.split("/") if text]
    pairs = [text.partition(":") for text in texts]
    if any(not colon for _, colon, _ in pairs):
        raise bad_request("A filter clause is written key:value", request.path)
    return [(key, value) for key, _, value in pairs]


def matches_pattern(text: str, pattern: str, fold_case: bool = False) -> bool:
    """``=exact``, ``!not``, ``~glob``, ``!~not glob``; without a sign, exact."""
    if fold_case:
        text, pattern = text.lower(), pattern.lower()
    negated = pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    if pattern.startswith("~"):
        found = fnmatchcase(text, pattern[1:])
    else:
        found = text == pattern.removeprefix("=")
    return found != negated
