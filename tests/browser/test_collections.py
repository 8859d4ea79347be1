"""Managing collections and images in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher


@pytest.fixture
def page(sandbox: Sandbox) -> Iterator[Page]:
    with chromium() as browser:
        context = new_person(browser)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        Walk(page, sandbox.url, "alice").sign_in(sandbox.user("alice")["password"])
        yield page
        context.close()
        assert not faults, "\n".join(faults)


def test_from_a_new_collection_to_its_end(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/settings/collections")
    page.get_by_role("button", name="New collection").click()
    page.get_by_label("Name").fill("..")
    page.get_by_role("button", name="Create collection").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("name:")
    page.get_by_label("Name").fill("salsas")
    page.get_by_label("Private").check()
    page.get_by_role("button", name="Create collection").click()
    expect(page.get_by_role("heading", name="salsas collection")).to_be_visible()

    page.get_by_role("button", name="Manage").click()
    page.get_by_label("User name").fill("bob")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("button", name="Remove bob")).to_be_visible()
    page.get_by_role("button", name="Remove alice").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("needs an owner")
    page.get_by_label("Name", exact=True).fill("salsa")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("heading", name="salsa collection")).to_be_visible()

    p = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "salsa", "verde")
    assert p.push(b"first").ok and p.push(b"second").ok
    page.reload()
    page.get_by_role("link", name="salsa/verde:latest").click()
    expect(page.get_by_text(re.compile("This tag moved on"))).to_be_visible()
    expect(page.get_by_role("table", name="Earlier versions").locator("tbody").get_by_role("row")).to_have_count(1)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("region", name="Share link")
    expect(link).to_contain_text("/download/share/")
    url = link.inner_text().strip()
    assert requests.get(url, timeout=60).content == b"second"
    page.get_by_role("button", name=re.compile("^Revoke link")).click()
    expect(page.get_by_role("button", name=re.compile("^Revoke link"))).to_have_count(0)
    assert requests.get(url, timeout=60).status_code == 403
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_role("button", name="Unfreeze")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Unfreeze").click()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tag", exact=True).fill("v1")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("heading", name="salsa/verde:v1")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete image").click()
    expect(page.get_by_role("heading", name="salsa collection")).to_be_visible()

    page.get_by_role("button", name="Manage").click()
    page.get_by_role("button", name="Delete collection…").click()
    page.get_by_label("Type salsa to delete it").fill("salsa")
    page.get_by_role("button", name="Delete collection").click()
    page.wait_for_url(f"{sandbox.url}/collections")
    expect(page.get_by_role("link", name="salsa", exact=True)).to_have_count(0)
