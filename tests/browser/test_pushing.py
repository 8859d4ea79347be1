"""Pushing an image from the browser: progress, a clear outcome, nothing half done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher
from wishes import CONTENT


PART = 32 << 20  # what the page sends at once


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_person(browser).new_page()


@pytest.fixture
def image(pusher: Callable[..., Pusher]) -> Pusher:
    image = pusher()
    assert image.push(CONTENT).ok
    return image


@pytest.fixture
def dialog(page: Page, sandbox: Sandbox, image: Pusher) -> Locator:
    """Open on the collection's page; nothing is chosen yet."""
    page.unroute_all()
    page.context.clear_cookies()
    walk = Walk(page, sandbox.url, "alice")
    walk.sign_in(sandbox.user("alice")["password"])
    walk.open_collection(image.collection)
    page.get_by_role("button", name="Push an image").click()
    return page.get_by_role("dialog", name="Push an image")


def choose(dialog: Locator, path: Path, tag: str = "v2") -> None:
    dialog.get_by_label("Image file").set_input_files(path)
    dialog.get_by_role("textbox", name="Tag").fill(tag)


def digest_of(image: Pusher, name: str, tag: str) -> str | None:
    return Pusher(image.base_url, image.username, image.token, image.collection, name, tag).stored_digest()


def test_a_chosen_file_arrives_under_its_name(dialog: Locator, sif: Path, image: Pusher) -> None:
    page = dialog.page
    choose(dialog, sif)
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("avocados")
    dialog.get_by_role("button", name="Push").click()
    expect(page.get_by_role("status").get_by_text(f"{image.collection}/avocados:v2 is pushed.")).to_be_visible()
    expect(page.get_by_role("table", name="Containers").get_by_role("link", name=f"{image.collection}/avocados:v2")).to_be_visible()
    assert digest_of(image, "avocados", "v2") == hashlib.sha256(sif.read_bytes()).hexdigest()


def test_a_refusal_is_told_and_can_be_mended(dialog: Locator, sif: Path, image: Pusher) -> None:
    choose(dialog, sif)
    dialog.get_by_role("textbox", name="Name").fill("no good name!")
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.get_by_role("alert")).to_contain_text("name:")
    expect(dialog).to_contain_text("The registry kept nothing of this push")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_label("Image file")).to_be_visible()
    dialog.get_by_role("textbox", name="Name").fill("good")
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.page.get_by_role("link", name=f"{image.collection}/good:v2")).to_be_visible()


def test_a_push_can_be_stopped(dialog: Locator, sif: Path, image: Pusher) -> None:
    page = dialog.page
    page.route("**/upload/part?**", lambda route: None)  # never answered
    choose(dialog, sif, "stopped")
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.get_by_role("progressbar", name=f"Progress of {image.collection}/avocados:stopped")).to_be_visible()
    dialog.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status").get_by_text("was stopped. The registry kept nothing of it.")).to_be_visible()
    assert digest_of(image, "avocados", "stopped") is None


def test_a_lost_network_is_waited_for(dialog: Locator, sif: Path, image: Pusher) -> None:
    page = dialog.page
    choose(dialog, sif, "lost")
    page.context.set_offline(True)
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.get_by_role("status").get_by_text("Paused: the registry cannot be reached.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("link", name=f"{image.collection}/avocados:lost")).to_be_visible()
    assert digest_of(image, "avocados", "lost") == hashlib.sha256(sif.read_bytes()).hexdigest()


def test_a_connection_that_is_lost_costs_no_part_that_arrived(dialog: Locator, image: Pusher, tmp_path: Path) -> None:
    page, large = dialog.page, tmp_path / "large.sif"
    large.write_bytes(hashlib.shake_128(b"large").digest(PART + 1000))
    lost: list[str] = []

    def lose_once(route: Route) -> None:
        lost.append(route.request.url)
        if len(lost) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**/upload/part?*offset={PART}", lose_once)
    choose(dialog, large)
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.get_by_role("status").get_by_text("Paused: the registry cannot be reached.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name=f"{image.collection}/large:v2")).to_be_visible(timeout=60_000)
    assert len(lost) == 2, "only the second part was sent again"
    assert digest_of(image, "large", "v2") == hashlib.sha256(large.read_bytes()).hexdigest()


def test_who_may_not_push_has_no_button(page: Page, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    other = pusher("bob")
    assert other.push(CONTENT).ok
    walk = Walk(page, sandbox.url, "alice")
    page.context.clear_cookies()
    walk.sign_in(sandbox.user("alice")["password"])
    walk.open_collection(other.collection)
    expect(page.get_by_role("button", name="Favorite")).to_be_visible()
    expect(page.get_by_role("button", name="Push an image")).to_have_count(0)
