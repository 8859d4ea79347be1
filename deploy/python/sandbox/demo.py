"""The main job, performed for somebody who watches: each step is said, and what was seen."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import requests

from .browser import chromium, new_person
from .client import SregistryClient
from .image import make_image, sha256
from .report import push_command, relative
from .sandbox import Sandbox
from .standin import CLIENT_ID
from .waiting import wait_for
from .walk import Walk

IDENTITY = "alice@uni.example"
URI = "tacos/avocados:latest"
LINKS_OF_ALICE = "select count(*) from globus_links join users on users.id = user_id where users.username = 'alice'"
ENDPOINT = "Stanford Research Computing guest"


class DemoFailed(RuntimeError):
    """Something was not as it should be."""


def perform(sandbox: Sandbox) -> None:
    """All eight steps; DemoFailed, with what was seen instead, at the first that fails."""
    began = time.monotonic()
    demo = Demo(sandbox)
    demo.make_user()
    demo.push()
    demo.look_up()
    with chromium() as browser:
        walk = Walk(new_person(browser).new_page(), sandbox.url, "alice", sandbox.layout.screenshots)
        demo.connect(walk)
        demo.search(walk)
        demo.transfer(walk)
        demo.verify(walk)
        demo.disconnect(walk)
    print(f"\nAll of it took {time.monotonic() - began:.0f} s. Pictures of the pages: {relative(sandbox.layout.screenshots)}/")


class Demo:
    """The steps, with what one hands to the next."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.alice = sandbox.user("alice")
        self.image = sandbox.layout.demo / "avocados.simg"
        self.client = SregistryClient(sandbox.options.sregistry, sandbox.layout.demo / "alice.sregistry")
        self.digest = ""

    def make_user(self) -> None:
        step(1, "alice has an account; her client token goes into a private client-secrets file")
        self.client.write_secrets(self.sandbox.url, "alice", self.alice["token"])
        mode = self.client.secrets.stat().st_mode & 0o777
        saw(f"user alice, {relative(self.client.secrets)} with mode {mode:04o}")

    def push(self) -> None:
        step(2, "the sregistry client pushes a SIF image")
        make_image(self.image, 4 << 20)
        saw(f"made {relative(self.image)} with siftool and mksquashfs: {self.image.stat().st_size} bytes")
        say("$ " + " ".join(push_command(self.sandbox)))
        done = self.client.push(self.image, "tacos/avocados.simg")
        check("[Return status 200 Upload Complete]" in done.stdout, f"the client said:\n{done.stdout}")
        saw("[Return status 200 Upload Complete]")

    def look_up(self) -> None:
        step(3, f"the image is there as {URI}")
        url = f"{self.sandbox.url}/api/container/{URI}"
        manifest = requests.get(url, timeout=30).json()
        self.digest = sha256(self.image)
        check(manifest.get("version") == f"sha256.{self.digest}", f"GET {url} says {manifest}")
        saw(f"GET {url} names {manifest['collection']}/{manifest['name']}:{manifest['tag']}, {manifest['version']}")
        pulled = requests.get(manifest["image"], timeout=60).content
        check(len(pulled) == self.image.stat().st_size, "its download URL gives something else")
        saw(f"its download URL gives {len(pulled)} bytes")

    def connect(self, walk: Walk) -> None:
        step(4, "alice signs in, connects Globus, and lands on her endpoints")
        walk.sign_in(self.alice["password"])
        walk.open_collection("tacos")
        walk.container_row(URI).wait_for()
        walk.picture("collection")
        saw(f"the collection page lists {URI}")
        walk.open_integrations()
        if walk.is_connected():  # left over from a performance that was interrupted
            walk.disconnect_globus()
            walk.go_back_from_globus()
            walk.open_integrations()
        walk.picture("integrations")
        walk.connect_globus(IDENTITY)
        mine, shared = walk.rows("My endpoints"), walk.rows("Shared with me")
        walk.picture("endpoints")
        saw(f'"alice: endpoints" with {len(mine)} of my-endpoints and {len(shared)} of shared-with-me')

    def search(self, walk: Walk) -> None:
        step(5, 'she searches "Stanford"')
        for row in walk.search("Stanford"):
            saw(" · ".join(row.parts))
        walk.picture("search")

    def transfer(self, walk: Walk) -> None:
        step(6, f"from the exchange icon beside {URI} she sends it to {ENDPOINT}")
        for old in self._arrived():  # so that what is seen arriving is this transfer's
            old.unlink()
        walk.open_collection("tacos")
        walk.choose_image(URI)
        walk.search("Stanford")
        walk.picture("image-chosen")
        task_url = walk.transfer_to(ENDPOINT)
        walk.picture("transfer-accepted")
        saw(f'the notification, with "view task": {task_url}')

    def verify(self, walk: Walk) -> None:
        step(7, "the bytes arrive, and are the same")
        arrived = wait_for("the file on the endpoint", self._arrived_whole, 60)
        check(sha256(arrived) == self.digest, "the file that arrived has another sha256")
        saw(f"{relative(arrived)}\n    sha256 {self.digest}, as the registry says")
        walk.wait_until_done(URI, ENDPOINT)
        walk.picture("transfer-done")
        saw("Transload shows the transfer as done")

    def disconnect(self, walk: Walk) -> None:
        step(8, "Disconnect Globus")
        walk.open_integrations()
        walk.disconnect_globus()
        walk.picture("globus-logout")
        saw("the browser is on Globus's logout page")
        tokens = self.sandbox.standin.control.tokens_seen()
        live = [token for token in tokens if introspect(self.sandbox, token)]
        check(len(tokens) >= 2 and not live, f"{len(live)} of {len(tokens)} tokens are still active")
        saw(f"all {len(tokens)} tokens, access and refresh, introspect as inactive")
        with psycopg.connect(self.sandbox.database.url) as connection:
            links = connection.execute(LINKS_OF_ALICE).fetchone()
        check(links == (0,), f"{links} links are left")
        saw("the link is gone from the database")
        walk.go_back_from_globus()
        saw(f"and the way back leads to {walk.page.url}")

    def _root(self) -> Path:
        endpoints = self.sandbox.standin.describe()["endpoints"]
        return next(Path(e["root"]) for e in endpoints if e["display_name"] == ENDPOINT)

    def _arrived(self) -> list[Path]:
        return [path for path in self._root().rglob("*") if path.is_file() and "avocados" in path.name]

    def _arrived_whole(self) -> Path | None:
        size = self.image.stat().st_size
        return next((path for path in self._arrived() if path.stat().st_size == size), None)


def introspect(sandbox: Sandbox, token: str) -> bool:
    """Does Globus take this token to be active?"""
    answer = requests.post(f"{sandbox.standin.url}/v2/oauth2/token/introspect", data={"token": token},
                           auth=(CLIENT_ID, sandbox.kept["client_secret"]), timeout=30)
    return bool(answer.json()["active"])


def step(number: int, text: str) -> None:
    print(f"\n{number}. {text}", flush=True)


def say(text: str) -> None:
    print(f"   {text}", flush=True)


def saw(text: str) -> None:
    print(f"   saw: {text}", flush=True)


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DemoFailed(otherwise)
