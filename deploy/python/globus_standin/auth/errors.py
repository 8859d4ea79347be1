"""Error bodies of Globus Auth (§1.5)."""

from __future__ import annotations

import uuid

from ..messages import Refusal, json_reply


def oauth_error(error: str, status: int = 400, description: str = "") -> Refusal:
    """The short form of the token, revoke and introspect calls."""
    document = {"error": error}
    if description:
        document["error_description"] = description
    return Refusal(json_reply(document, status))


def unauthorized() -> Refusal:
    return _resource_error(401, "unauthorized", "Unauthorized", "Call must be authenticated")


def forbidden() -> Refusal:
    return _resource_error(403, "forbidden", "Forbidden", "The token lacks a required scope")


def _resource_error(status: int, error: str, title: str, detail: str) -> Refusal:
    """The long form of the resource calls; ``status`` inside it is a string."""
    entry = {"status": str(status), "id": str(uuid.uuid4()), "code": title.upper(),
             "title": title, "detail": detail}
    return Refusal(json_reply(
        {"error": error, "error_description": title, "errors": [entry]}, status))
