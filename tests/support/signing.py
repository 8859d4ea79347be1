"""The sregistry client's signature, written from its wire contract and not from the program under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta


def timestamp(moment: datetime | None = None) -> str:
    """The hour, in UTC, as the client writes it."""
    return (moment or datetime.now(UTC)).strftime("%Y%m%dT%HZ")


def hours_ago(hours: float) -> str:
    return timestamp(datetime.now(UTC) - timedelta(hours=hours))


def signature(token: str, kind: str, collection: str, name: str, tag: str, ts: str) -> str:
    """Lower-case hex of HMAC-SHA256 over ``kind|collection|ts|name|tag|``."""
    payload = f"{kind}|{collection}|{ts}|{name}|{tag}|"
    return hmac.new(token.encode(), payload.encode(), hashlib.sha256).hexdigest()


def credential(kind: str, username: str, ts: str) -> str:
    return f"{kind}/{base64.b64encode(username.encode()).decode()}/{ts}"


def authorization(username: str, token: str, kind: str, collection: str, name: str, tag: str = "latest", ts: str | None = None) -> str:
    """The whole Authorization header."""
    ts = ts or timestamp()
    signed = signature(token, kind, collection, name, tag, ts)
    return f"SREGISTRY-HMAC-SHA256 Credential={credential(kind, username, ts)},Signature={signed}"
