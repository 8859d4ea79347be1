"""Three ways of a new user, counted in clicks; fields that are filled are counted apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from pushing import Pusher
from world import ALICE

GUEST = "Stanford Research Computing guest"


@dataclass
class Person:
    """Somebody who has never been here; everything they do goes through these two."""

    page: Page
    clicks: int = 0
    fields: int = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def fill(self, what: Locator, words: str) -> None:
        what.fill(words)
        self.fields += 1

    def sign_in(self, sandbox: Sandbox, name: str) -> None:
        self.click(self.page.get_by_role("banner").get_by_role("link", name="Sign in"))
        self.fill(self.page.get_by_label("Username"), name)
        self.fill(self.page.get_by_label("Password"), sandbox.user(name)["password"])
        self.click(self.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True))
        expect(self.page.get_by_role("banner").get_by_role("button", name=name, exact=True)).to_be_visible()

    def begin(self) -> None:
        """Count from here."""
        self.clicks = self.fields = 0


@pytest.fixture
def somebody(sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> Iterator[Person]:
    db.execute("delete from transfers")
    db.execute("delete from globus_links")
    globus.auto(None)
    with chromium() as browser:
        page = new_person(browser).new_page()
        page.goto(sandbox.url)
        yield Person(page)


def test_from_the_first_page_to_an_image_in_the_portal(somebody: Person, sandbox: Sandbox, db: psycopg.Connection, pusher: Callable[..., Pusher]) -> None:
    """The token is made and copied here; the push itself is one command of the client's."""
    user = sandbox.add_user("newcomer")
    page = somebody.page
    try:
        somebody.sign_in(sandbox, "newcomer")
        somebody.click(page.get_by_role("link", name="Get your token"))
        somebody.click(page.get_by_role("button", name="API Token"))
        token = page.locator("#client-token").inner_text()
        assert Pusher(sandbox.url, "newcomer", token, "newcomers", "first").push(b"the first push").ok
        somebody.click(page.get_by_role("link", name="Transload: home"))
        somebody.click(page.get_by_role("region", name="Your collections").get_by_role("link", name="newcomers"))
        expect(page.get_by_role("table", name="Containers").get_by_role("link", name="newcomers/first:latest")).to_be_visible()
        assert (somebody.clicks, somebody.fields) == (6, 2)
    finally:
        db.execute("delete from containers where collection_id in (select id from collections where name = 'newcomers')")
        assert user["username"] == "newcomer"


def test_from_signed_in_to_connected(somebody: Person, sandbox: Sandbox) -> None:
    page = somebody.page
    somebody.sign_in(sandbox, "carol")
    somebody.begin()
    somebody.click(page.get_by_role("banner").get_by_role("button", name="carol", exact=True))
    somebody.click(page.get_by_role("banner").get_by_role("link", name="Settings"))
    somebody.click(page.get_by_role("navigation", name="Settings").get_by_role("link", name="Integrations"))
    somebody.click(page.get_by_role("button", name="Connect Globus", exact=True))
    somebody.click(page.get_by_role("button", name=f"Continue as {ALICE}"))
    expect(page.get_by_role("heading", name="carol: endpoints")).to_be_visible()
    assert (somebody.clicks, somebody.fields) == (5, 0), "the last one is at Globus"


def test_from_an_image_to_its_first_transfer(somebody: Person, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    """Connecting is on the way, and what was chosen is kept."""
    page, image = somebody.page, pusher()
    assert image.push(b"to be sent").ok
    somebody.sign_in(sandbox, "alice")
    page.goto(f"{sandbox.url}/collections")
    somebody.click(page.get_by_role("link", name=image.collection, exact=True).first)
    somebody.begin()
    somebody.click(page.get_by_role("table", name="Containers").get_by_role("link", name="Transfer with Globus"))
    somebody.click(page.get_by_role("button", name="Connect Globus", exact=True))
    somebody.click(page.get_by_role("button", name=f"Continue as {ALICE}"))
    row = page.get_by_role("region", name="Shared with me").get_by_role("row").filter(has_text=GUEST)
    somebody.click(row.get_by_role("button", name="Transfer", exact=True))
    somebody.click(page.get_by_role("dialog").get_by_role("button", name="Start transfer"))
    expect(page.get_by_role("status").get_by_role("link", name=re.compile("^view task")).first).to_be_visible()
    assert (somebody.clicks, somebody.fields) == (5, 0), "three more clicks than without connecting"
    somebody.begin()
    page.goto(f"{sandbox.url}/globus/transfer/{page.url.rsplit('/', 1)[1].split('?')[0]}")
    somebody.click(page.get_by_role("button", name=re.compile("^Transfer to ")).first)
    somebody.click(page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Start transfer|Send again)$")))
    assert somebody.clicks == 2, "again to the same place"
