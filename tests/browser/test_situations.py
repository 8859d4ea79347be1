"""What happens to pages: very many rows, another tab, a network that goes away."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher

MANY = 100_000
READY = "() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_person(browser).new_page()


@pytest.fixture
def alice(page: Page, sandbox: Sandbox) -> Walk:
    page.context.clear_cookies()
    walk = Walk(page, sandbox.url, "alice")
    walk.sign_in(sandbox.user("alice")["password"])
    return walk


def opened(page: Page, address: str) -> float:
    """Milliseconds until the page shows its content."""
    page.goto(address)
    expect(page.locator("#content:not([aria-busy])")).to_have_count(1)
    return float(page.evaluate(READY))


def test_very_many_rows_are_a_page_like_any_other(alice: Walk, pusher: Callable[..., Pusher], db: psycopg.Connection) -> None:
    page, few, many = alice.page, pusher(), pusher()
    assert few.push(b"one").ok and many.push(b"one of many").ok
    few_id, many_id = (db.execute("select id from collections where name = %s", [n.collection]).fetchone()[0] for n in (few, many))
    db.execute("alter table containers disable trigger user")
    db.execute("insert into containers (collection_id, name, tag, image_id) select %s, 'image' || n, 'latest', (select image_id from containers where collection_id = %s)"
               " from generate_series(1, %s) n", [many_id, many_id, MANY])
    db.execute("alter table containers enable trigger user")
    try:
        short = min(opened(page, f"{alice.base_url}/collections/{few_id}") for _ in range(3))
        long = min(opened(page, f"{alice.base_url}/collections/{many_id}") for _ in range(3))
        rows = page.get_by_role("table", name="Containers").locator("tbody").get_by_role("row")
        expect(rows).to_have_count(50)
        page.get_by_role("button", name="Load more").click()
        expect(rows).to_have_count(100)
        assert long < 3 * short + 500, f"{long:.0f} ms with 100,000 rows, {short:.0f} ms with one"
    finally:
        db.execute("delete from containers where collection_id = %s", [many_id])


def test_signed_out_in_another_tab(alice: Walk, sandbox: Sandbox) -> None:
    page, other = alice.page, alice.page.context.new_page()
    page.goto(f"{alice.base_url}/settings/sessions")
    expect(page.get_by_role("table", name="Sessions")).to_be_visible()
    other.goto(f"{alice.base_url}/collections")
    Walk(other, alice.base_url, "alice").menu().click()
    other.get_by_role("button", name="Logout").click()
    expect(other.get_by_role("status").get_by_text("You are signed out.")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_label("Username")).to_be_visible()
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(sandbox.user("alice")["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{alice.base_url}/settings/sessions")
    other.close()


def test_a_network_that_goes_away_and_comes_back(alice: Walk) -> None:
    page = alice.page
    page.goto(f"{alice.base_url}/collections")
    expect(page.get_by_role("searchbox")).to_be_enabled()
    expect(page.locator("#content:not([aria-busy])")).to_have_count(1)
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("nowhereatall")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert").filter(has_text="The registry cannot be reached")).to_contain_text("Check your network connection")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
