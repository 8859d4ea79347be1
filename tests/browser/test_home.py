"""The home page, favorites, sessions, notifications: what a person keeps at hand and where they are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.walk import Walk

from pushing import Pusher
from wishes import CONTENT
from world import ALICE


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, db: psycopg.Connection, globus: Control) -> Iterator[Page]:
    for table in ("transfers", "globus_links", "collection_stars", "sessions", "containers", "collections"):
        db.execute(f"delete from {table}")
    globus.auto(None)
    context = new_person(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def alice(page: Page, sandbox: Sandbox) -> Walk:
    walk = Walk(page, sandbox.url, "alice")
    walk.sign_in(sandbox.user("alice")["password"])
    return walk


def test_a_visitor_finds_what_is_public(page: Page, sandbox: Sandbox, pusher: Callable[..., Pusher], db: psycopg.Connection) -> None:
    page.goto(f"{sandbox.url}/")
    expect(page.get_by_role("heading", name="Nothing public yet")).to_be_visible()
    public, private = pusher(), pusher()
    for image in (public, private):
        assert image.push(CONTENT).status_code == 200
    db.execute("update collections set is_private = true where name = %s", [private.collection])
    page.reload()
    expect(page.get_by_role("region", name="Pushed last").get_by_role("link")).to_have_text([public.collection])
    page.get_by_role("searchbox", name="Search collections and images").fill(public.collection)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/collections\?q="))
    expect(page.get_by_role("table", name="Images").get_by_role("link", name=re.compile(public.collection)).first).to_be_visible()


def test_home_has_what_is_under_way_and_the_favorites(alice: Walk, sandbox: Sandbox, pusher: Callable[..., Pusher], globus: Control) -> None:
    page = alice.page
    page.goto(f"{sandbox.url}/")
    expect(page.get_by_role("region", name="Three steps")).to_be_visible()
    own, other = pusher(), pusher("bob")
    for image in (own, other):
        assert image.push(CONTENT).status_code == 200
    alice.open_collection(other.collection)
    page.get_by_role("button", name="Favorite", pressed=False).click()
    expect(page.get_by_role("button", name="Favorite", pressed=True)).to_be_visible()
    page.get_by_role("link", name="Transload: home").click()
    expect(page.get_by_role("region", name="Favorites").get_by_role("link")).to_have_text([other.collection])
    expect(page.get_by_role("region", name="Your collections").get_by_role("link")).to_have_text([own.collection])
    page.goto(f"{sandbox.url}/settings/favorites")
    page.get_by_role("link", name=other.collection).click()
    page.get_by_role("button", name="Favorite", pressed=True).click()
    expect(page.get_by_role("button", name="Favorite", pressed=False)).to_be_visible()
    page.goto(f"{sandbox.url}/settings/favorites")
    expect(page.get_by_role("heading", name="No favorites yet")).to_be_visible()


def test_a_refused_star_turns_back_and_says_so(alice: Walk, pusher: Callable[..., Pusher]) -> None:
    image = pusher()
    assert image.push(CONTENT).status_code == 200
    alice.open_collection(image.collection)
    alice.page.route("**/star", lambda route: route.fulfill(status=503, json={"detail": "busy", "code": "unavailable", "request_id": "x"}))
    alice.page.get_by_role("button", name="Favorite").click()
    expect(alice.page.get_by_role("alert").get_by_text("could not be changed")).to_be_visible()
    expect(alice.page.get_by_role("button", name="Favorite", pressed=False)).to_be_visible()


def test_a_forgotten_session_is_ended_from_here(alice: Walk, browser: Browser, sandbox: Sandbox) -> None:
    there = Walk(new_person(browser).new_page(), sandbox.url, "alice")
    there.sign_in(sandbox.user("alice")["password"])
    page = alice.page
    page.goto(f"{sandbox.url}/settings/sessions")
    rows = page.get_by_role("table", name="Sessions").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="this one").get_by_role("button")).to_have_count(0)
    expect(rows.nth(1)).to_contain_text("Chrome on Linux")
    page.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(rows).to_have_count(2)
    expect(page.get_by_role("status").get_by_text("is signed out")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out everywhere")).to_be_focused()
    there.page.goto(f"{sandbox.url}/settings/profile")
    expect(there.page).to_have_url(re.compile("/login"))


def test_signing_out_everywhere_ends_this_one_too(alice: Walk, sandbox: Sandbox) -> None:
    page = alice.page
    page.goto(f"{sandbox.url}/settings/sessions")
    page.get_by_role("button", name="Sign out everywhere").click()
    dialog = page.get_by_role("dialog", name="Sign out everywhere?")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("table", name="Sessions")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    dialog.get_by_role("button", name="Sign out everywhere").click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto(f"{sandbox.url}/settings/sessions")
    expect(page).to_have_url(re.compile("/login\\?next="))


def test_what_was_not_read_is_listed_and_can_be_marked(alice: Walk, sandbox: Sandbox, db: psycopg.Connection) -> None:
    alice.open_integrations()
    alice.connect_globus(ALICE)
    db.execute("insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total, finished_at)"
               " select id, 'tacos/avocados:latest', sha256('x'), '/1/x.sif', gen_random_uuid(), 'Cluster', '/a.sif', 'done', 'Done: arrived, sha256 verified.', 1, now()"
               " from users where username = 'alice'")
    page = alice.page
    page.goto(f"{sandbox.url}/settings/notifications")
    unread = page.get_by_role("region", name="Not read yet")
    expect(unread.get_by_role("article")).to_have_count(1)
    unread.get_by_role("button", name="Mark all as read").click()
    expect(unread.get_by_text("Nothing. When a transfer")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Let Globus write an e-mail")).to_be_visible()


@pytest.mark.parametrize("what", ["**/lib/api.js", "**/pages/collections.js"])
def test_a_page_that_does_not_arrive_whole_says_so(page: Page, sandbox: Sandbox, what: str) -> None:
    page.route(what, lambda route: route.abort())
    page.goto(f"{sandbox.url}/collections")
    expect(page.get_by_role("alert").get_by_text("did not arrive whole")).to_be_visible()


def test_the_words_are_explained_where_they_are_met(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/collections")
    page.get_by_role("contentinfo").get_by_role("link", name="What the words mean").click()
    expect(page.get_by_role("heading", name="What the words mean")).to_be_visible()
    page.get_by_role("definition").get_by_role("link", name="endpoint").first.click()
    expect(page.locator("#endpoint")).to_be_in_viewport()
    expect(page.locator("#endpoint")).to_contain_text("Globus’s own pages say “collection”")
