"""Signing in with Globus in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from world import BOB


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, globus: Control, db: psycopg.Connection) -> Iterator[Page]:
    globus.auto(None)
    db.execute("delete from globus_links")
    db.execute("delete from users where password_hash is null")
    context = new_person(browser)
    yield context.new_page()
    context.close()


def sign_in(page: Page, sandbox: Sandbox, next_path: str = "") -> None:
    page.goto(f"{sandbox.url}/login{next_path}")
    page.get_by_role("button", name="Sign in with Globus").click()
    page.get_by_role("button", name=f"Continue as {BOB}").click()


def test_from_the_button_to_the_page_that_was_asked_for(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/settings/integrations")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_role("button", name="Sign in with Globus").click()
    page.get_by_role("button", name=f"Continue as {BOB}").click()
    expect(page).to_have_url(f"{sandbox.url}/settings/integrations")
    expect(page.get_by_role("banner").get_by_role("button", name="bob-2", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Disconnect Globus")).to_be_visible()


def test_who_would_be_shut_out_sets_a_password_and_disconnects(page: Page, sandbox: Sandbox) -> None:
    sign_in(page, sandbox, "?next=/settings/integrations")
    page.get_by_role("button", name="Disconnect Globus").click()
    expect(page.get_by_role("main")).to_contain_text("Set a password first")
    page.get_by_role("link", name="To your User Profile").click()
    page.get_by_label("New password", exact=True).fill("a password of my own")
    page.get_by_label("New password again").fill("a password of my own")
    page.get_by_role("button", name="Set a password").click()
    expect(page.get_by_role("button", name="Change password")).to_be_visible()
    page.goto(f"{sandbox.url}/settings/integrations")
    page.get_by_role("button", name="Disconnect Globus").click()
    expect(page.get_by_role("heading", name="Logged out of Globus Auth")).to_be_visible()


def test_declining_leads_back_to_the_sign_in_page(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/login")
    page.get_by_role("button", name="Sign in with Globus").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("main")).to_contain_text("nobody was signed in")
    page.get_by_role("link", name="Back to the sign-in page").click()
    expect(page.get_by_role("button", name="Sign in with Globus")).to_be_visible()
