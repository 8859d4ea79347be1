"""Who may do what: every row of the program's own route table, as nobody, stranger, contributor, owner and admin, against what is written here.

The image in question lies in a private collection of the owner's. A route that is not written down here fails the test, and so does one
that is written here and is no route any more.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from sandbox.image import make_image
from sandbox.sandbox import Sandbox

from person import Person
from pushing import BOUNDARY, Pusher, form
from wishes import container_id
from world import ALICE, BOB, CAROL, STANFORD_GUEST

WHO = ("nobody", "stranger", "contributor", "owner", "admin")
IDENTITIES = {"stranger": BOB, "contributor": "alice@hpc.example", "owner": ALICE, "admin": CAROL}

# method and path: the answers to nobody, stranger, owner, admin. A contributor gets the stranger's unless CONTRIBUTOR says otherwise.
EXPECTED = {
    "GET /healthz": (200, 200, 200, 200),
    "GET /readyz": (200, 200, 200, 200),
    "GET /metrics": (200, 200, 200, 200),  # by address, not by user: test_metrics.py
    "GET /metrics/upload": (200, 200, 200, 200),
    "POST /api/login": (400, 400, 400, 400),
    "POST /api/logout": (401, 204, 204, 204),
    "GET /api/me": (200, 200, 200, 200),
    "GET /api/me/usage": (401, 200, 200, 200),
    "GET /api/me/sessions": (401, 200, 200, 200),
    "DELETE /api/me/sessions": (401, 204, 204, 204),
    "DELETE /api/me/sessions/{id}": (401, 404, 204, 404),
    "POST /api/me/token": (401, 200, 200, 200),
    "POST /api/me/password": (401, 400, 400, 400),
    "POST /api/upload/chunked_upload": (403, 403, 200, 200),
    "POST /upload/chunked_upload": (403, 403, 200, 200),
    "POST /upload": (403, 403, 200, 200),
    "GET /upload/part": (401, 403, 200, 403),
    "PUT /upload/part": (401, 403, 200, 403),
    "DELETE /upload/part": (401, 403, 204, 403),
    "GET /api/container/{image...}": (403, 404, 200, 200),
    "GET /container/{image...}": (403, 404, 200, 200),
    "DELETE /api/container/{image...}": (403, 404, 204, 204),
    "DELETE /container/{image...}": (403, 404, 204, 204),
    "GET /api/collections": (200, 200, 200, 200),
    "GET /api/collections/{id}": (404, 404, 200, 200),
    "GET /api/containers": (200, 200, 200, 200),
    "GET /api/containers/{id}": (404, 404, 200, 200),
    "GET /api/collection/{name...}": (200, 200, 200, 200),
    "GET /api/registry/identity": (200, 200, 200, 200),
    "GET /containers/{id}/download/{capability}": (403, 403, 403, 403),
    "GET /containers/{id}/download/share/{secret}": (403, 403, 403, 403),
    "GET /api/portal/search": (200, 200, 200, 200),
    "GET /api/container/search/{query...}": (200, 200, 200, 200),
    "GET /api/collection/search/{q...}": (200, 200, 200, 200),
    "GET /api/labels/search": (200, 200, 200, 200),
    "GET /api/labels/search/{query...}": (200, 200, 200, 200),
    "GET /api/portal/recent": (200, 200, 200, 200),
    "GET /api/portal/collections": (200, 200, 200, 200),
    "GET /api/portal/collections/{id}": (404, 404, 200, 200),
    "GET /api/portal/containers/{id}": (404, 404, 200, 200),
    "POST /globus/signin": (303, 303, 303, 303),
    "POST /api/portal/collections": (401, 201, 201, 201),
    "PATCH /api/portal/collections/{id}": (401, 404, 200, 200),
    "DELETE /api/portal/collections/{id}": (401, 404, 204, 204),
    "GET /api/portal/collections/{id}/activity": (401, 404, 200, 200),
    "PUT /api/portal/collections/{id}/star": (401, 404, 204, 204),
    "DELETE /api/portal/collections/{id}/star": (401, 404, 204, 204),
    "PUT /api/portal/collections/{id}/members/{user}": (401, 404, 200, 200),
    "DELETE /api/portal/collections/{id}/members/{user}": (401, 404, 204, 204),
    "DELETE /api/portal/containers/{id}": (401, 404, 204, 204),
    "PUT /api/portal/containers/{id}/frozen": (401, 404, 200, 200),
    "POST /api/portal/containers/{id}/tags": (401, 404, 201, 201),
    "GET /api/portal/containers/{id}/versions": (404, 404, 200, 200),
    "GET /api/portal/containers/{id}/facts": (404, 404, 200, 200),
    "GET /containers/{id}/download/recipe": (404, 404, 200, 200),
    "DELETE /api/portal/containers/{id}/versions/{version}": (401, 404, 204, 204),
    "GET /api/portal/containers/{id}/shares": (401, 404, 200, 200),
    "POST /api/portal/containers/{id}/shares": (401, 404, 201, 201),
    "DELETE /api/portal/containers/{id}/shares/{share}": (401, 404, 204, 204),
    "POST /globus/login": (401, 303, 303, 303),
    "GET /globus/login": (303, 303, 303, 303),
    "GET /complete/globus": (303, 303, 303, 303),
    "GET /globus_auth/login": (303, 303, 303, 303),
    "POST /globus/logout": (401, 303, 303, 303),
    "GET /globus/activate/{endpoint}": (303, 303, 303, 303),
    "GET /api/globus/endpoints": (401, 200, 200, 200),
    "GET /api/globus/endpoints/{id}/ls": (401, 200, 200, 403),
    "POST /api/globus/endpoints/{id}/mkdir": (401, 201, 201, 403),
    "GET /api/globus/endpoints/{id}/preflight": (401, 404, 403, 403),
    "GET /api/destinations": (401, 200, 200, 200),
    "POST /api/destinations": (401, 201, 201, 201),
    "PUT /api/globus/mail": (401, 200, 200, 200),
    "GET /api/news": (401, 200, 200, 200),
    "PUT /api/file-pattern": (401, 200, 200, 200),
    "PATCH /api/destinations/{id}": (401, 404, 200, 404),  # the owner's star
    "DELETE /api/destinations/{id}": (401, 404, 204, 404),
    "POST /api/transfers": (401, 404, 403, 403),
    "POST /api/transfers/several": (401, 404, 403, 403),
    "GET /api/transfers/{id}/files": (401, 404, 200, 404),
    "POST /api/transfers/usual": (401, 404, 403, 403),
    "GET /api/transfers/days": (401, 200, 200, 200),
    "GET /api/transfers": (401, 200, 200, 200),
    "GET /api/transfers.csv": (401, 200, 200, 200),
    "GET /api/transfers.json": (401, 200, 200, 200),
    "POST /api/transfers/notice": (401, 204, 204, 204),
    "POST /api/transfers/{id}/notice": (401, 204, 204, 204),  # another's is no news of one's own
    "GET /api/transfers/{id}": (401, 404, 200, 404),
    "POST /api/transfers/{id}/cancel": (401, 404, 202, 404),
    "POST /globus/transfer/{endpoint}/container/{id}": (401, 404, 403, 403),
    "GET /api/admin/overview": (401, 403, 403, 200),
    "GET /admin": (303, 403, 403, 200),
    "GET /api/admin/users": (401, 403, 403, 200),
    "PATCH /api/admin/users/{user}": (401, 403, 403, 200),
    "GET /api/admin/audit": (401, 403, 403, 200),
    "GET /settings": (303, 303, 303, 303),
    "GET /settings/{tab}": (303, 200, 200, 200),
    "GET /globus/transfer": (303, 200, 200, 200),
    "GET /globus/transfer/{id}": (303, 200, 200, 200),
    "GET /transfers": (303, 200, 200, 200),
    "GET /transfers/{id}": (303, 200, 200, 200),
}

# A contributor may read what is private, and is told why nothing else.
READS = ("GET /api/collections/{id}", "GET /api/containers/{id}", "GET /api/container/{image...}", "GET /container/{image...}",
         "GET /api/portal/collections/{id}", "GET /api/portal/containers/{id}",
         "GET /api/portal/containers/{id}/versions", "GET /api/portal/containers/{id}/facts", "GET /containers/{id}/download/recipe")
OWN = ("/api/me/", "/api/destinations", "/api/file-pattern", "/api/globus/mail")  # everybody's own, of no collection
MANAGES = tuple(row for row in EXPECTED if row.startswith(("PATCH", "PUT", "DELETE")) and not row.split()[1].startswith(OWN)) + (
    "GET /api/portal/containers/{id}/shares", "POST /api/portal/containers/{id}/shares", "POST /api/portal/containers/{id}/tags")
CONTRIBUTOR = {**dict.fromkeys(READS, 200), **dict.fromkeys(MANAGES, 403),
               "GET /api/portal/collections/{id}/activity": 403, "PUT /api/portal/collections/{id}/star": 204, "DELETE /api/portal/collections/{id}/star": 204,
               "POST /api/transfers": 403, "POST /api/transfers/usual": 403, "POST /api/transfers/several": 403, "GET /api/globus/endpoints/{id}/preflight": 403,
               "POST /globus/transfer/{endpoint}/container/{id}": 403}


def expected(row: str, who: str) -> int:
    nobody, stranger, owner, admin = EXPECTED[row]
    return {"nobody": nobody, "stranger": stranger, "contributor": CONTRIBUTOR.get(row, stranger), "owner": owner, "admin": admin}[who]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "row" in metafunc.fixturenames:
        metafunc.parametrize(("row", "who"), list(itertools.product(EXPECTED, WHO)))


# bodies of rows that manage collections and images
MANAGED: dict[str, dict[str, Any]] = {
    "PATCH /api/portal/collections/{id}": {"description": "the matrix"},
    "PUT /api/portal/collections/{id}/members/{user}": {"role": "contributor"},
    "PUT /api/portal/containers/{id}/frozen": {"frozen": False},
    "POST /api/portal/containers/{id}/tags": {"tag": "another"},
    "POST /api/portal/containers/{id}/shares": {"days": 1},
    "POST /api/destinations": {"endpoint_id": STANFORD_GUEST, "path": "/another/"},
    "PATCH /api/destinations/{id}": {"usual": True},
    "PUT /api/globus/mail": {"mail": True},
    "PUT /api/file-pattern": {"pattern": ""},
    "PATCH /api/admin/users/{user}": {"active": True},
}


@dataclass
class Case:
    """One request: what a client that means it would send."""

    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)


class Scene:
    """Three people with accounts, a private image of the owner's, a transfer of the owner's, and the requests about them."""

    def __init__(self, sandbox: Sandbox, db: psycopg.Connection) -> None:
        self.sandbox, self.db = sandbox, db
        self.tags = itertools.count()
        self.users = {who: sandbox.add_user(f"m-{who}", admin=who == "admin") for who in IDENTITIES}
        self.people: dict[str, Person] = {who: self.sign_in(who) for who in IDENTITIES}
        with tempfile.TemporaryDirectory() as directory:
            self.image = make_image(Path(directory) / "image.sif").read_bytes()
        assert self.pusher("owner").push(self.image).ok
        self.container = container_id(db, self.pusher("owner"))
        self.collection = db.execute("select id from collections where name = 'matrix'").fetchone()[0]
        self.connect()
        self.transfer = self.make_transfer()
        self.stars = {who: self.make_star(who) for who in IDENTITIES}
        db.execute("update collections set is_private = true where name = 'matrix'")
        self.add_contributor(self.collection)

    def sign_in(self, who: str) -> Person:
        user = self.users[who]
        return Person(self.sandbox.url, user["username"], user["password"]).sign_in()

    def pusher(self, who: str, tag: str = "latest") -> Pusher:
        user = self.users.get(who, {"username": "nobody", "token": ""})
        return Pusher(self.sandbox.url, user["username"], user["token"], "matrix", "image", tag)

    def add_contributor(self, collection: int) -> None:
        self.db.execute("insert into collection_members select %s, id, 'contributor' from users where username = 'm-contributor'", [collection])

    def connect(self) -> None:
        """Everybody with an account is connected to Globus, each as somebody else."""
        self.db.execute("delete from globus_links")
        for who, identity in IDENTITIES.items():
            self.sandbox.standin.control.auto(identity)
            self.people[who].connect()

    def make_transfer(self) -> str:
        self.sandbox.standin.control.post("hold")
        created = self.people["owner"].transfer(self.container, STANFORD_GUEST)
        assert created.status_code == 201, created.text
        return created.json()["id"]

    def make_star(self, who: str) -> int:
        """A place that everybody has starred and marked: the usual one."""
        made = self.people[who].post("/api/destinations", json={"endpoint_id": STANFORD_GUEST, "path": "/containers/"})
        assert made.status_code == 201, made.text
        star = made.json()["destination"]["id"]
        assert self.people[who].request("PATCH", f"/api/destinations/{star}", json={"usual": True}).ok
        return star

    def signed(self, who: str, kind: str, tag: str = "latest") -> dict[str, str]:
        return {} if who == "nobody" else {"Authorization": self.pusher(who, tag).sign(kind)}

    def fresh_tag(self) -> str:
        """An image of the owner's that may be deleted."""
        tag = f"t{next(self.tags)}"
        assert self.pusher("owner", tag).push(b"to be deleted").status_code == 200
        return tag

    def case(self, row: str, who: str) -> Case:
        """The request that belongs to a row."""
        method, path = row.split()
        path = path.replace("{image...}", "matrix/image:latest").replace("{name...}", "matrix").replace("{query...}", "name/key").replace("{q...}", "image").replace("{capability}", "x" * 40)
        path = path.replace("{tab}", "profile").replace("{endpoint}", STANFORD_GUEST)
        path = re.sub(r"(?<=transfers/)\{id\}", self.transfer, path)
        path = re.sub(r"(?<=endpoints/)\{id\}", STANFORD_GUEST, path)
        path = re.sub(r"(?<=/collections/)\{id\}", str(self.collection), path)
        path = re.sub(r"(?<=destinations/)\{id\}", str(self.stars["owner"]), path)
        path = path.replace("{id}", str(self.container)).replace("{user}", "m-stranger").replace("{secret}", "0" * 64).replace("{share}", "1")
        path = path.replace("{version}", f"sha256.{'0' * 64}")
        return Case(method, path, self.options(row, who))

    def options(self, row: str, who: str) -> dict[str, Any]:
        if "chunked_upload" in row:
            return {"json": {"collection": "matrix", "name": "image", "tag": "latest"}, "headers": self.signed(who, "push")}
        if row == "POST /api/transfers":
            return {"json": {"container_id": self.container, "endpoint_id": STANFORD_GUEST}}
        if row == "POST /api/transfers/several":
            return {"json": {"collection_id": self.collection, "all": True, "endpoint_id": STANFORD_GUEST, "path": "/containers/"}}
        if row == "POST /api/transfers/usual":
            return {"json": {"container_id": self.container}}
        if row.endswith("/preflight"):
            return {"params": {"container_id": self.container}}
        if row.endswith("/mkdir"):
            return {"json": {"path": "/containers/"}}
        if row == "GET /api/portal/search":
            return {"params": {"q": "image"}}
        if row == "POST /api/portal/collections":
            return {"json": {"name": f"made-{next(self.tags)}", "private": True}}
        if row in MANAGED:
            return {"json": MANAGED[row]}
        if row in ("POST /globus/signin", "POST /globus/login", "POST /globus/logout"):
            return {"data": {"next": "/globus/transfer"}}
        if row == "GET /api/globus/endpoints":
            return {"params": {"scope": "my-endpoints"}}
        if row.startswith("GET") and "/container/" in row:
            return {"headers": self.signed(who, "pull")}
        if row.startswith("POST /api/"):
            return {"json": {}}
        return {}

    def send(self, row: str, who: str) -> requests.Response:
        special = {"POST /upload": self.send_upload, "POST /api/logout": self.send_logout,
                   "DELETE /api/me/sessions": self.send_logout_everywhere}.get(row)
        if special:
            return special(who)
        if row.endswith("/upload/part"):
            return self.send_part(row.split()[0], who)
        if row.startswith("DELETE") and "{image...}" in row:
            return self.send_delete(row, who)
        if row.startswith("DELETE"):
            return self.client(who).request("DELETE", self.to_be_deleted(row))
        case = self.case(row, who)
        return self.client(who).request(case.method, case.path, **case.options)

    def client(self, who: str) -> Person:
        """Somebody's browser; nobody's has no session. The sregistry client has none either, but would not mind one."""
        return self.people.get(who) or Person(self.sandbox.url, "nobody", "")

    def send_upload(self, who: str) -> requests.Response:
        p = self.pusher(who)
        asked = p.ask()
        ticket = asked.json().get("cid", "0" * 64)
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **self.signed(who, "upload")}
        return requests.post(f"{self.sandbox.url}/upload", data=form(p.parts(ticket, self.image)), headers=headers, timeout=60)

    def send_part(self, method: str, who: str) -> requests.Response:
        """With a ticket of the owner's."""
        asked = self.people["owner"].post("/api/upload/chunked_upload", json={"collection": "matrix", "name": "image", "tag": self.fresh_tag()})
        part = {"params": {"size": 2, "offset": 0}, "data": b"x"} if method == "PUT" else {}
        return self.client(who).request(method, "/upload/part", headers={"X-Upload-Ticket": asked.json()["cid"]}, **part)

    def send_delete(self, row: str, who: str) -> requests.Response:
        tag = self.fresh_tag()
        path = row.split()[1].replace("{image...}", f"matrix/image:{tag}")
        return requests.delete(self.sandbox.url + path, headers=self.signed(who, "delete", tag), timeout=60)

    def to_be_deleted(self, row: str) -> str:
        """The address of something private of the owner's that a row may delete."""
        if "/sessions/" in row:
            mine = self.sign_in("owner").json("/api/me/sessions")["items"]
            return row.split()[1].replace("{id}", next(session["id"] for session in mine if session["this"]))
        if "/destinations/" in row:
            return row.split()[1].replace("{id}", str(self.stars["owner"]))
        owner, tag = self.people["owner"], self.fresh_tag()
        container = self.db.execute("select id from containers where tag = %s", [tag]).fetchone()[0]
        path = row.split()[1]
        if "{version}" in path:
            old = self.pusher("owner", tag).stored_digest()
            assert self.pusher("owner", tag).push(f"after {tag}".encode()).ok
            path = path.replace("{version}", f"sha256.{old}")
        if "{share}" in path:
            made = owner.post(f"/api/portal/containers/{container}/shares", json={"days": 1})
            path = path.replace("{share}", str(made.json()["share"]["id"]))
        if "/collections/" in path:
            return self.collection_to_be_deleted(path, f"matrix-{tag}")
        return path.replace("{id}", str(container))

    def collection_to_be_deleted(self, path: str, name: str) -> str:
        owner = self.people["owner"]
        made = owner.post("/api/portal/collections", json={"name": name, "private": True}).json()["collection"]
        self.add_contributor(made["id"])
        assert owner.request("PUT", f"/api/portal/collections/{made['id']}/members/carol", json={"role": "owner"}).ok
        query = f"?name={name}" if path.endswith("{id}") else ""
        return path.replace("{id}", str(made["id"])).replace("{user}", "carol") + query

    def send_logout(self, who: str) -> requests.Response:
        person = self.sign_in(who) if who in self.users else self.client(who)
        return person.post("/api/logout")

    def send_logout_everywhere(self, who: str) -> requests.Response:
        answer = self.client(who).request("DELETE", "/api/me/sessions")
        if who in self.users:
            self.people[who] = self.sign_in(who)
        return answer

    def remember(self, row: str, who: str, answer: requests.Response) -> None:
        """What a row changed of the scene is put back."""
        if row == "POST /api/me/token" and answer.ok:
            self.users[who]["token"] = answer.json()["token"]
        if row == "PUT /api/portal/collections/{id}/members/{user}" and answer.ok:
            self.db.execute("delete from collection_members where user_id = (select id from users where username = 'm-stranger')")
        if row == "DELETE /api/destinations/{id}" and answer.ok:
            self.stars["owner"] = self.make_star("owner")
        if row == "POST /globus/logout" and who in IDENTITIES:
            self.sandbox.standin.control.auto(IDENTITIES[who])
            self.people[who].connect()


@pytest.fixture(scope="module")
def scene(sandbox: Sandbox) -> Iterator[Scene]:
    sandbox.standin.control.reset()
    with psycopg.connect(sandbox.database.url, autocommit=True) as connection:
        yield Scene(sandbox, connection)
        connection.execute("delete from globus_links")
        connection.execute("update upload_tickets set used_at = now() where used_at is null")
        for part in (sandbox.layout.images / ".parts").glob("*"):  # other tests look at every file there is
            part.unlink()
        sandbox.standin.control.reset()


@pytest.fixture(scope="module")
def routes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The route table, from the program itself."""
    return sandbox.program.json("routes")["items"]


def rows_of(routes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """One row for each method; HEAD goes with GET."""
    return {f"{method} {route['path']}": route for route in routes for method in re.split(r"[ ,|]+", route["methods"]) if method != "HEAD"}


def test_every_route_is_in_the_matrix(routes: list[dict[str, Any]]) -> None:
    assert set(rows_of(routes)) == set(EXPECTED)


def test_access(scene: Scene, row: str, who: str) -> None:
    answer = scene.send(row, who)
    scene.remember(row, who, answer)
    assert answer.status_code == expected(row, who), f"{row} as {who}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 400 and "json" in answer.headers.get("Content-Type", ""):
        assert answer.json()["detail"] and answer.json()["code"] and answer.json()["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_a_private_collection_is_in_no_list(scene: Scene, who: str) -> None:
    for path in ("/api/collections", "/api/portal/collections", "/api/portal/collections?q=matrix", "/api/collection/matrix"):
        assert "matrix" not in scene.client(who).get(path).text


def test_its_owner_and_admins_see_it(scene: Scene) -> None:
    for who in ("owner", "admin"):
        assert "matrix" in scene.client(who).get("/api/portal/collections?q=matrix").text


# -- rules that hold for whole classes of routes --------------------------------------------------

def changing(routes: list[dict[str, Any]]) -> list[str]:
    """Rows that change something in the name of a session."""
    return [name for name, route in rows_of(routes).items() if not name.startswith("GET") and route["who"] in ("user", "connected")]


FORGERIES: dict[str, dict[str, Any]] = {
    "no token": {"csrf": False},
    "a wrong token": {"headers": {"X-CSRF-Token": "x" * 43}},
    "another session's token": {"headers": {"X-CSRF-Token": "another"}},
    "another site's Origin": {"headers": {"Origin": "https://evil.example"}},
    "an Origin of null": {"headers": {"Origin": "null"}},
    "a text body": {"csrf": False, "headers": {"Content-Type": "text/plain"}, "data": "{}"},
}


@pytest.mark.parametrize("how", FORGERIES)
def test_nothing_changes_without_the_csrf_token_and_our_origin(scene: Scene, routes: list[dict[str, Any]], how: str) -> None:
    rows = changing(routes)
    assert len(rows) >= 8
    for row in rows:
        case, forged = scene.case(row, "owner"), dict(FORGERIES[how])
        if how == "another session's token":
            forged["headers"] = {"X-CSRF-Token": scene.sign_in("owner").csrf}
        answer = scene.people["owner"].request(case.method, case.path, **{**case.options, **forged})
        assert answer.status_code == 403, f"{row} with {how}: {answer.status_code}"


def test_a_method_that_a_path_does_not_have_gets_405(scene: Scene, routes: list[dict[str, Any]]) -> None:
    known = set(rows_of(routes))
    for row in known - {"GET /api/container/search/{query...}"}:  # to DELETE its paths are images
        for method in {"PUT", "PATCH", "DELETE", "POST"} - {name.split()[0] for name in known if name.split()[1] == row.split()[1]}:
            case = scene.case(f"GET {row.split()[1]}", "nobody")
            answer = requests.request(method, scene.sandbox.url + case.path, timeout=60, allow_redirects=False)
            assert answer.status_code == 405 and answer.headers["Allow"], f"{method} {case.path}: {answer.status_code}"


def test_a_body_over_the_limit_of_its_route_gets_413(scene: Scene, routes: list[dict[str, Any]]) -> None:
    for row, route in rows_of(routes).items():
        if not 0 < route["body_max"] < 1 << 20 or row.startswith("GET"):
            continue
        case = scene.case(row, "owner")
        headers = {"Content-Type": "application/json", **case.options.get("headers", {})}
        answer = scene.people["owner"].request(case.method, case.path, headers=headers, data=b'{"a":"' + b"x" * route["body_max"] + b'"}')
        assert answer.status_code == 413 and answer.json()["code"] == "too_large" if "json" in answer.headers["Content-Type"] else True, row


def test_a_slash_at_the_end_makes_no_difference_and_never_redirects(scene: Scene, routes: list[dict[str, Any]]) -> None:
    for row in rows_of(routes):
        if not row.startswith("GET") or "{capability}" in row:
            continue
        case = scene.case(row, "owner")
        with_slash = scene.people["owner"].get(case.path + "/", **case.options)
        without = scene.people["owner"].get(case.path, **case.options)
        assert with_slash.status_code == without.status_code and with_slash.headers.get("Location") == without.headers.get("Location"), row


def test_a_signed_out_page_comes_back_after_login(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/settings/integrations", allow_redirects=False, timeout=60)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login?next=%2Fsettings%2Fintegrations" or "next=/settings" in answer.headers["Location"]


def test_the_image_store_is_read_by_nobody_else(sandbox: Sandbox) -> None:
    for path in [p for p in sandbox.layout.images.rglob("*") if p.is_file()][:20]:
        assert path.stat().st_mode & 0o133 == 0, f"{Path(path).name}: {path.stat().st_mode:o}"
