"""HTTP requests and replies as the handlers see them: values, with no socket behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from .auth.tokens import Token

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass
class Request:
    """One request. ``token`` is filled in by the application once it knows who is calling."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    token: Token | None = None
    identity: str | None = None
    path: str = field(init=False)
    query_string: str = field(init=False)
    query: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query_string = parts.query
        self.query = parse_qs(parts.query, keep_blank_values=True)

    def param(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return self.query.get(name, [default])[-1]

    def form(self) -> dict[str, str]:
        """The body as ``application/x-www-form-urlencoded``, last value of each name."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object, or None when it is not one."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            return None
        return document if isinstance(document, dict) else None

    def authorization(self, scheme: str) -> str:
        """The credentials of the Authorization header if it uses ``scheme``, else ''."""
        kind, _, credentials = self.headers.get("authorization", "").partition(" ")
        return credentials.strip() if kind.lower() == scheme.lower() else ""


@dataclass
class Reply:
    """A status, a body and what headers it needs beside the ones every reply has."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Raised by a handler to answer with an error document."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A JSON reply; the official client parses nothing that is labelled otherwise (§5)."""
    return Reply(status, json.dumps(document).encode(), JSON_TYPE, headers or {})


def html_reply(page: str, status: int = 200) -> Reply:
    return Reply(status, page.encode(), HTML_TYPE)


def redirect(url: str) -> Reply:
    return Reply(302, b"", HTML_TYPE, {"Location": url})
