"""A running registry held against docs/openapi.yaml: requests that schemathesis makes up, as a visitor and as a signed-in user.

No answer may be a 5xx, and each must be one that the document tells of: status, content type, headers, body. How many requests are made
up for each operation is OPENAPI_EXAMPLES (default 12); they differ from run to run only when it is set.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance, response_headers_conformance, response_schema_conformance,
                                               status_code_conformance)

from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher
from signing import authorization

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "12"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
KINDS = {"pushTicket": "push", "pushTicketWithoutApi": "push", "getManifest": "pull", "getManifestWithoutApi": "pull", "deleteImage": "delete",
         "deleteImageWithoutApi": "delete"}

schema = schemathesis.openapi.from_path(REPOSITORY / "docs/openapi.yaml")
made_up = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize="OPENAPI_EXAMPLES" not in os.environ,
                   suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])


class World:
    """A registry of its own, since what is made up also deletes, disconnects and changes the token, and alice, who is put right again."""

    def __init__(self, sandbox: Sandbox, sif: bytes) -> None:
        self.sif = sif
        self.url = sandbox.url
        self.db = psycopg.connect(sandbox.database.url, autocommit=True)
        self.user = sandbox.user("alice")
        self.image = Pusher(self.url, "alice", self.user["token"], "tacos", "avocados")
        self.person = Person(self.url, "alice", self.user["password"])
        self.answered: dict[str, set[int]] = defaultdict(set)  # statuses by operation, of alice's requests
        self.collection = self.container = 0  # the numbers of the image and its collection, which the document's examples call 1
        self.is_in_order = False

    def alice(self) -> Person:
        """Signed in and connected, owner of tacos/avocados:latest; looked after only when something may have changed that."""
        if not self.is_in_order:
            self.put_in_order()
        return self.person

    def put_in_order(self) -> None:
        me = self.person.get("/api/me").json()
        self.person.csrf = me.get("csrf_token", "")
        if me["user"] is None:
            wait_for("a login", self.sign_in)
            me = self.person.json("/api/me")
        if me["globus"] is None:
            self.person.connect()
        self.collection, self.container = self.find_image()
        self.is_in_order = True

    def sign_in(self) -> bool:
        """Passwords are made up too, so first nobody remembers those; nginx may still ask for a moment's patience."""
        self.db.execute("delete from login_failures")
        answer = self.person.post("/api/login", csrf=False, json={"username": "alice", "password": self.user["password"]})
        self.person.csrf = answer.json().get("csrf_token", "")
        return answer.status_code == 200

    def find_image(self) -> tuple[int, int]:
        """It is pushed again when it was deleted."""
        query = ("select c.id, k.id from containers k join collections c on c.id = k.collection_id "
                 "where c.name = 'tacos' and k.name = 'avocados' and k.tag = 'latest'")
        if self.db.execute(query).fetchone() is None:
            assert self.image.push(self.sif).status_code == 200
        return self.db.execute(query).fetchone()


@pytest.fixture(scope="module")
def world(make_sandbox: Callable[..., Sandbox], sif: Path) -> World:
    sandbox = make_sandbox(users=("alice",))
    sandbox.standin.control.auto("alice@uni.example")
    return World(sandbox, sif.read_bytes())


def operation_of(case: schemathesis.Case) -> str:
    return case.operation.definition.raw["operationId"]


def signature(case: schemathesis.Case, world: World) -> dict[str, str]:
    """What the sregistry client would send along, where it would and the names can be told."""
    kind = KINDS.get(operation_of(case))
    if kind == "push" and isinstance(case.body, dict):
        names = [case.body.get(key) for key in ("collection", "name", "tag")]
    elif kind and isinstance(image := case.path_parameters.get("image"), str):
        collection, _, last = unquote(image).partition("@")[0].lower().rpartition("/")
        name, _, tag = last.partition(":")
        names = [collection, name, tag or "latest"]
    else:
        return {}
    if not all(isinstance(name, str) and name.isascii() for name in names):
        return {}
    return {"Authorization": authorization("alice", world.image.token, kind, *names)}


def ask(case: schemathesis.Case, world: World, person: Person | None) -> None:
    """One request, its answer held against the document. A session is sent as a browser sends it."""
    # A new connection each time, as the client does it: nginx closes one on which an upload was refused before its body was read.
    headers: dict[str, Any] = {"Connection": "close"}
    if person:
        headers |= {"X-CSRF-Token": person.csrf, "Origin": world.url, **signature(case, world)}
        if case.path_parameters.get("id") == 1 and "container" in case.path:
            case.path_parameters["id"] = world.container
        for place in (case.body, case.query):
            if isinstance(place, dict) and place.get("container_id") == 1:
                place["container_id"] = world.container
            if isinstance(place, dict) and place.get("containers") == [{"id": 1}]:
                place |= {"collection_id": world.collection, "containers": [{"id": world.container}]}
    session = person.http if person else requests.Session()
    answer = case.call_and_validate(base_url=world.url, session=session, headers=headers, checks=CHECKS, allow_redirects=False, timeout=60)
    if person:
        world.answered[operation_of(case)].add(answer.status_code)
        world.is_in_order = case.method in ("GET", "HEAD") and answer.status_code not in (401, 409)
        if operation_of(case) == "newToken" and answer.status_code == 200:
            world.image.token = answer.json()["token"]


@schema.parametrize()
@made_up
def test_visitor(case: schemathesis.Case, world: World) -> None:
    ask(case, world, None)


@schema.parametrize()
@made_up
def test_signed_in(case: schemathesis.Case, world: World) -> None:
    ask(case, world, world.alice())


# What nobody can make up: a password, a ticket, a capability, a share link, a digest, another user, a name said twice, the id of a transfer or a session,
# being an administrator.
BEYOND = {"login", "changePassword", "pushImage", "download", "downloadShared", "getTransfer", "cancelTransfer", "deleteCollection", "setMember",
          "removeMember", "getUpload", "pushPart", "endUpload", "deleteVersion", "revokeShare", "listTransferFiles", "endSession",
          "getOverview", "listUsers", "switchUser", "listDeeds", "adminPage"}


def test_what_was_made_up_reached_more_than_refusals(world: World) -> None:
    refused = {operation for operation, statuses in world.answered.items() if min(statuses) >= 400}
    assert world.answered and refused <= BEYOND, {operation: world.answered[operation] for operation in refused - BEYOND}


def test_afterwards_the_registry_serves(world: World) -> None:
    world.alice()
    fresh = Pusher(world.url, "alice", world.image.token, "afterwards")
    assert fresh.push(b"still here").status_code == 200
