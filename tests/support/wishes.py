"""Transfers as the tests watch them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher

CONTENT = hashlib.shake_128(b"transfer").digest(200_000)


def container_id(db: psycopg.Connection, image: Pusher) -> int:
    row = db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s", [image.collection])
    return row.fetchone()[0]


def root(sandbox: Sandbox, endpoint: str) -> Path:
    return next(Path(e["root"]) for e in sandbox.standin.describe()["endpoints"] if e["id"] == endpoint)


def reach(person: Person, transfer: str, *states: str, seconds: float = 60) -> dict[str, Any]:
    """Wait until the transfer is in one of the states, with nobody but the agent at work."""

    def there() -> dict[str, Any] | None:
        now = person.json(f"/api/transfers/{transfer}")
        return now if now["state"] in states else None

    return wait_for(f"state {' or '.join(states)}", there, seconds)
