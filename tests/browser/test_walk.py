"""The main job in a real browser, through the real pages: the same walk that the demo performs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.client import SregistryClient
from sandbox.image import sha256
from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.walk import Walk

from pushing import Pusher
from wishes import root
from world import ALICE, STANFORD_GUEST

URI = "tacos/avocados:latest"
GUEST = "Stanford Research Computing guest"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def image(sandbox: Sandbox, sif, tmp_path) -> str:
    """tacos/avocados:latest, pushed by the real client; its digest."""
    client = SregistryClient(sandbox.options.sregistry, tmp_path / "alice.sregistry")
    client.write_secrets(sandbox.url, "alice", sandbox.user("alice")["token"])
    pushed = client.push(sif, "tacos/avocados.simg")
    assert "Upload Complete" in pushed.stdout, pushed.stdout
    return sha256(sif)


@pytest.fixture
def page(browser: Browser, globus: Control, db: psycopg.Connection) -> Iterator[Page]:
    """A page whose complaints count: script errors and what the content security policy refused."""
    globus.auto(None)
    db.execute("delete from globus_links")
    db.execute("delete from transfers")  # one that is still open is what an equal wish would find
    context = new_person(browser)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    yield page
    context.close()
    assert not complaints, "\n".join(complaints)


def is_complaint(message: ConsoleMessage) -> bool:
    """Refused requests are shown by the page itself; a refusal by the policy is a fault of ours."""
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def walk(page: Page, sandbox: Sandbox) -> Walk:
    return Walk(page, sandbox.url, "alice")


@pytest.fixture
def signed_in(walk: Walk, sandbox: Sandbox) -> Walk:
    walk.sign_in(sandbox.user("alice")["password"])
    return walk


@pytest.fixture
def connected_walk(signed_in: Walk) -> Walk:
    signed_in.open_integrations()
    signed_in.connect_globus(ALICE)
    return signed_in


def test_from_push_to_arrival_and_out_again(connected_walk: Walk, sandbox: Sandbox, image: str, globus: Control) -> None:
    walk = connected_walk
    mine = {row.name for row in walk.rows("My endpoints")}
    shared = {row.name for row in walk.rows("Shared with me")}
    assert "Alice's laptop" in mine and GUEST in shared

    found = {row.name: row for row in walk.search("Stanford")}
    assert found[GUEST].label == "activated" and "srcc-support@stanford.example" in found[GUEST].parts
    assert found["Stanford SRCC Sherlock"].label == "ACTIVATE"

    walk.open_collection("tacos")
    walk.choose_image(URI)
    walk.search("Stanford")
    task_url = walk.transfer_to(GUEST)
    (task,) = globus.tasks()
    assert task["task_id"] in task_url
    walk.wait_until_done(URI, GUEST)
    arrived = [path for path in root(sandbox, STANFORD_GUEST).rglob("*avocados*") if path.is_file()]
    assert [sha256(path) for path in arrived] == [image]

    walk.open_integrations()
    walk.disconnect_globus()
    walk.go_back_from_globus()
    walk.open_integrations()
    assert not walk.is_connected()


def test_the_notification_stays_and_is_announced(connected_walk: Walk, image: str) -> None:
    walk = connected_walk
    walk.open_collection("tacos")
    walk.choose_image(URI)
    walk.search("Stanford")
    walk.transfer_to(GUEST)
    notice = walk.page.get_by_role("status").get_by_text("The transfer has been accepted")
    expect(notice.first).to_be_visible()
    link = walk.page.get_by_role("link", name=re.compile("^view task")).first
    assert "noopener" in (link.get_attribute("rel") or "") and link.get_attribute("target") == "_blank"
    walk.page.goto(f"{walk.base_url}/collections")
    expect(walk.page.get_by_role("link", name=re.compile("^view task")).first).to_be_visible()


def test_transfer_is_offered_on_activated_rows_only(connected_walk: Walk, image: str) -> None:
    walk = connected_walk
    expect(walk.page.get_by_role("button", name="Transfer", exact=True)).to_have_count(0)
    walk.open_collection("tacos")
    walk.choose_image(URI)
    walk.rows("My endpoints")
    rows = walk.region("My endpoints").locator("tbody").get_by_role("row")
    offered = {bool(row.get_by_role("button", name="Transfer", exact=True).count()) == ("activated" in row.inner_text()) for row in rows.all()}
    assert offered == {True}


def test_a_wrong_password_is_told(walk: Walk) -> None:
    walk.page.goto(f"{walk.base_url}/login")
    walk.page.get_by_label("Username").fill("alice")
    walk.page.get_by_label("Password").fill("wrong")
    walk.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(walk.page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()


def test_after_login_the_page_first_asked_for_comes(walk: Walk, sandbox: Sandbox) -> None:
    walk.page.goto(f"{walk.base_url}/settings/integrations")
    walk.page.get_by_label("Username").fill("alice")
    walk.page.get_by_label("Password").fill(sandbox.user("alice")["password"])
    walk.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(walk.page).to_have_url(f"{walk.base_url}/settings/integrations")
    expect(walk.page.get_by_role("button", name="Connect Globus")).to_be_visible()


def test_consent_is_a_step_on_the_way_and_the_wish_goes_on(connected_walk: Walk, image: str, globus: Control) -> None:
    walk = connected_walk
    walk.open_collection("tacos")
    walk.choose_image(URI)
    walk.search("Sherlock")
    row = walk.region("Search results").get_by_role("row").filter(has_text="Stanford SRCC Sherlock").filter(has_text="The Sherlock").or_(
        walk.region("Search results").get_by_role("row").filter(has_text="Stanford SRCC Sherlock"))
    with walk.page.context.expect_page() as opened:
        row.first.get_by_role("link", name=re.compile("^ACTIVATE")).click()
    there = opened.value
    there.get_by_role("button", name=f"Continue as {ALICE}").click()
    expect(there).to_have_url(re.compile("/globus/transfer"))
    walk.search("Sherlock")
    walk.transfer_to("Stanford SRCC Sherlock")
    walk.wait_until_done(URI, "Stanford SRCC Sherlock")


def test_declining_at_globus_changes_nothing(signed_in: Walk, db: psycopg.Connection) -> None:
    walk = signed_in
    walk.open_integrations()
    walk.page.get_by_role("button", name="Connect Globus", exact=True).click()
    walk.page.get_by_role("button", name="Deny").click()
    expect(walk.page.get_by_role("main")).to_contain_text("nothing was connected")
    assert db.execute("select count(*) from globus_links").fetchone() == (0,)


def test_globus_down_is_told_and_the_rest_goes_on(connected_walk: Walk, globus: Control, image: str) -> None:
    walk = connected_walk
    globus.fail("endpoint_search", times=-1, sample="service_unavailable")
    walk.page.goto(f"{walk.base_url}/globus/transfer")
    expect(walk.page.get_by_role("alert").filter(has_text="Globus").first).to_be_visible()
    globus.fail("endpoint_search", times=0)
    walk.page.get_by_role("button", name="Retry").first.click()
    walk.rows("My endpoints")
    walk.open_collection("tacos")
    expect(walk.container_row(URI)).to_be_visible()


def test_names_from_elsewhere_are_text_and_not_markup(connected_walk: Walk, globus: Control) -> None:
    walk = connected_walk
    assert '<b>Lab</b> "NAS" & \'backup\' %2F' in {row.name for row in walk.rows("My endpoints")}
    expect(walk.page.locator("main script")).to_have_count(0)


def test_the_first_tab_stop_is_the_skip_link(walk: Walk) -> None:
    for path in ("/login", "/collections"):
        walk.page.goto(walk.base_url + path)
        expect(walk.page.locator("[aria-busy=true]")).to_have_count(0)
        walk.page.keyboard.press("Tab")
        expect(walk.page.locator(":focus")).to_have_text("Skip to content")
        walk.page.keyboard.press("Enter")
        expect(walk.page.locator(":focus")).to_have_attribute("id", "main")


def test_a_new_token_pushes(signed_in: Walk, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    walk = signed_in
    walk.page.goto(f"{walk.base_url}/settings/integrations")
    walk.page.get_by_role("button", name="API Token").click()
    shown = walk.page.locator("#client-token")
    expect(shown).to_have_text(re.compile("^[0-9a-f]{40}$"))
    sandbox.user("alice")["token"] = shown.inner_text()
    assert pusher().push(b"with the new token").status_code == 200


def test_a_finished_transfer_can_be_sent_again(connected_walk: Walk, image: str, globus: Control) -> None:
    walk = connected_walk
    walk.open_collection("tacos")
    walk.choose_image(URI)
    walk.search("Stanford")
    walk.transfer_to(GUEST)
    walk.wait_until_done(URI, GUEST)
    page = walk.page
    page.goto(f"{walk.base_url}/collections")
    expect(page.get_by_role("link", name="Transfers 1 new")).to_be_visible()
    page.get_by_role("link", name="Transfers 1 new").click()
    expect(page.get_by_role("article").first.get_by_text("New", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Transfers", exact=True)).to_be_visible()
    page.get_by_role("article").first.get_by_role("link", name=URI).click()
    first = page.url
    expect(page.get_by_text(re.compile(r"globus transfer [0-9a-f-]{36}:/\S+ [0-9a-f-]{36}:/containers/avocados_latest.sif"))).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url(lambda url: "/transfers/" in url and url != first)
    assert len(globus.tasks()) == 2
