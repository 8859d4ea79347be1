"""The page of administrators: what there is, who the users are, who did what."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def signed_in(browser: Browser, sandbox: Sandbox, name: str) -> Page:
    walk = Walk(new_person(browser).new_page(), sandbox.url, name)
    walk.sign_in(sandbox.user(name)["password"])
    return walk.page


@pytest.fixture(scope="module")
def admin(browser: Browser, sandbox: Sandbox) -> Page:
    return signed_in(browser, sandbox, "admin")


def test_the_menu_leads_there(admin: Page) -> None:
    admin.get_by_role("banner").get_by_role("button", name="admin", exact=True).click()
    admin.get_by_role("banner").get_by_role("link", name="Admin", exact=True).click()
    for name in ("Overview", "Processes", "Doctor", "Open transfers", "Storage", "Users", "Audit"):
        expect(admin.get_by_role("region", name=name, exact=True)).to_be_visible()
    expect(admin.get_by_role("region", name="Overview")).to_contain_text("are switched on")
    expect(admin.get_by_role("table", name="Audit").get_by_role("row").nth(1)).to_contain_text("user.login")


def test_what_runs_and_what_the_doctor_found_is_shown(admin: Page, sandbox: Sandbox) -> None:
    sandbox.program.run("doctor", check=False)
    admin.goto(f"{sandbox.url}/admin")
    rows = admin.get_by_role("table", name="Processes").get_by_role("row")
    for what in ("Pages and API", "Uploads", "Agent"):
        expect(rows.filter(has_text=what).filter(has_text="alive")).not_to_have_count(0)
    doctor = admin.get_by_role("region", name="Doctor")
    expect(doctor.get_by_role("row").filter(has_text="certificate")).to_contain_text("not looked at")
    expect(doctor.get_by_text("found nothing wrong.")).to_be_visible()


def test_others_have_neither_menu_nor_page(browser: Browser, sandbox: Sandbox) -> None:
    page = signed_in(browser, sandbox, "bob")
    page.get_by_role("banner").get_by_role("button", name="bob", exact=True).click()
    expect(page.get_by_role("link", name="Settings", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Admin", exact=True)).to_have_count(0)
    answer = page.goto(f"{sandbox.url}/admin")
    assert answer is not None and answer.status == 403
    expect(page.get_by_text("Only administrators of the registry may do this.")).to_be_visible()


def test_a_user_is_switched_off_and_on_again(admin: Page, browser: Browser, sandbox: Sandbox) -> None:
    zoe = Walk(new_person(browser).new_page(), sandbox.url, "zoe")
    zoe.sign_in(sandbox.add_user("zoe")["password"])
    admin.goto(f"{sandbox.url}/admin")
    users = admin.get_by_role("region", name="Users")
    users.get_by_role("searchbox", name="Part of a name").fill("zo")
    users.get_by_role("button", name="Find").click()
    rows = users.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(2)
    users.get_by_role("button", name="Switch off zoe").click()
    dialog = admin.get_by_role("dialog", name="Switch off zoe?")
    dialog.get_by_role("button", name="Leave as it is").click()
    users.get_by_role("button", name="Switch off zoe").click()
    dialog.get_by_role("button", name="Switch off zoe").click()
    expect(rows.nth(1)).to_contain_text("switched off")
    expect(users.get_by_role("searchbox")).to_be_focused()
    zoe.page.goto(f"{sandbox.url}/settings/profile")
    expect(zoe.page).to_have_url(re.compile("/login"))
    users.get_by_role("button", name="Switch on zoe").click()
    expect(admin.get_by_role("status").get_by_text("zoe is switched on.")).to_be_visible()
    expect(users.get_by_role("button", name="Switch off zoe")).to_be_visible()


def test_nobody_is_offered_to_switch_themselves_off(admin: Page, sandbox: Sandbox) -> None:
    admin.goto(f"{sandbox.url}/admin")
    row = admin.get_by_role("table", name="Users").get_by_role("row").filter(has=admin.get_by_role("rowheader", name="admin admin", exact=True))
    expect(row).to_have_count(1)
    expect(row.get_by_role("button")).to_have_count(0)


def test_the_audit_is_narrowed(admin: Page, sandbox: Sandbox) -> None:
    admin.goto(f"{sandbox.url}/admin")
    audit = admin.get_by_role("region", name="Audit")
    audit.get_by_role("textbox", name="Action").fill("user.disable")
    audit.get_by_role("button", name="Show").click()
    expect(audit.get_by_role("row").nth(1)).to_contain_text("zoe")
    expect(audit.locator("tbody code").filter(has_not_text="user.disable")).to_have_count(0)
    audit.get_by_role("textbox", name="User").fill("bob")
    audit.get_by_role("button", name="Show").click()
    expect(audit.get_by_text("Nothing of that kind was noted.")).to_be_visible()
