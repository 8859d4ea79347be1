"""What the pages say about limits and about damaged images."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher

CONTENT = b"an image of known size" * 1000


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_person(browser).new_page()


@pytest.fixture
def bob(page: Page, sandbox: Sandbox) -> Walk:
    page.context.clear_cookies()
    walk = Walk(page, sandbox.url, "bob")
    walk.sign_in(sandbox.user("bob")["password"])
    return walk


def test_the_settings_show_what_is_stored_and_allowed(bob: Walk, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    p = pusher("bob")
    assert p.push(CONTENT).status_code == 200
    sandbox.program.run("user", "quota", "bob", "--limit", "5G")
    sandbox.program.run("collection", "quota", p.collection, "--limit", "1M")
    bob.page.goto(f"{sandbox.url}/settings/profile")
    expect(bob.page.get_by_role("region", name="Storage and downloads")).to_contain_text("of 5.0 GiB")
    bob.page.goto(f"{sandbox.url}/settings/collections")
    row = bob.page.get_by_role("region", name="Storage of your collections").get_by_role("row").filter(has_text=p.collection)
    expect(row).to_contain_text("21.5 KiB of 1.0 MiB")
    sandbox.program.run("user", "quota", "bob", "--limit", "default")


def test_a_damaged_image_says_so_and_cannot_be_downloaded(bob: Walk, sandbox: Sandbox, pusher: Callable[..., Pusher],
                                                          db: psycopg.Connection) -> None:
    p = pusher("bob")
    assert p.push(CONTENT + b"damaged").status_code == 200
    row = "select k.id, k.collection_id, k.image_id from containers k join collections c on c.id = k.collection_id where c.name = %s"
    container, collection, image = db.execute(row, [p.collection]).fetchone()
    db.execute("update images set damaged_at = now() where id = %s", [image])
    bob.page.goto(f"{sandbox.url}/containers/{container}")
    expect(bob.page.get_by_role("alert").filter(has_text="This image is damaged")).to_be_visible()
    expect(bob.page.get_by_role("link", name="Download")).to_have_count(0)
    expect(bob.page.get_by_role("link", name="Transfer with Globus")).to_have_count(0)
    bob.page.goto(f"{sandbox.url}/collections/{collection}")
    expect(bob.page.get_by_role("table", name="Containers").get_by_role("row").filter(has_text=p.uri)).to_contain_text("damaged")
    assert p.push(CONTENT + b"damaged").status_code == 200
    bob.page.goto(f"{sandbox.url}/containers/{container}")
    expect(bob.page.get_by_role("link", name="Download")).to_be_visible()
