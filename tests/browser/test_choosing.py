"""Choosing where to send, in a real browser: places kept, folders, and the look before sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for
from sandbox.walk import Walk

from pushing import Pusher
from wishes import CONTENT, container_id, root
from world import ALICE, STANFORD_GUEST

GUEST = "Stanford Research Computing guest"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = new_person(browser).new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        assert not faults, "\n".join(faults)


@pytest.fixture
def image(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> Pusher:
    image = pusher()
    assert image.push(CONTENT).status_code == 200
    return image


@pytest.fixture
def alice(page: Page, sandbox: Sandbox, image: Pusher, globus: Control, db: psycopg.Connection) -> Walk:
    """At the endpoints page, connected, with an image chosen and nothing sent before."""
    for table in ("transfers", "destinations", "globus_links"):
        db.execute(f"delete from {table}")
    db.execute("update users set file_pattern = null")
    globus.auto(None)
    page.context.clear_cookies()
    walk = Walk(page, sandbox.url, "alice")
    walk.sign_in(sandbox.user("alice")["password"])
    walk.open_integrations()
    walk.connect_globus(ALICE)
    page.goto(f"{sandbox.url}/globus/transfer/{container_id(db, image)}")
    return walk


def open_dialog(walk: Walk, region: str = "Shared with me") -> Locator:
    row = walk.region(region).get_by_role("row").filter(has_text=GUEST)
    row.get_by_role("button", name="Transfer", exact=True).click()
    return walk.page.get_by_role("dialog")


def start(dialog: Locator) -> None:
    """Whether or not a file of that name and content is there from an earlier test."""
    dialog.get_by_role("button", name="Send again").or_(dialog.get_by_role("button", name="Start transfer")).click()


def all_done(db: psycopg.Connection) -> None:
    wait_for("all transfers done", lambda: not db.execute("select 1 from transfers where state <> 'done'").fetchone(), 60)


def test_a_folder_is_walked_to_made_and_looked_at(alice: Walk, image: Pusher, sandbox: Sandbox) -> None:
    dialog = open_dialog(alice)
    above = dialog.get_by_role("navigation", name="Folders above")
    expect(above).to_contain_text("/")
    dialog.get_by_role("button", name="New folder").click()
    inner = alice.page.get_by_role("dialog", name="New folder")
    inner.get_by_label("Name").fill("made here")
    inner.get_by_role("button", name="Make folder").click()
    expect(dialog.get_by_label("Destination folder")).to_have_value("/containers/made here/")
    assert (root(sandbox, STANFORD_GUEST) / "containers/made here").is_dir()
    expect(dialog.get_by_role("list", name="Looked at before sending").get_by_role("listitem")).to_have_text(
        ["Fine: You may read this image.", "Fine: The registry offers it at Globus.", "Fine: The folder is there.", "Fine: No file of this name is there yet."])
    expect(dialog.locator("#send-route")).to_have_text(f"{image.uri} (195 KiB) → {GUEST} (bob@uni.example, Stanford University) : /containers/made here/image_latest.sif")
    above.get_by_role("button", name="/", exact=True).click()
    expect(dialog.get_by_role("button", name="containers")).to_be_visible()


def test_what_is_there_already_is_offered_as_such(alice: Walk, db: psycopg.Connection) -> None:
    dialog = open_dialog(alice)
    dialog.get_by_role("button", name="Start transfer").click()
    expect(dialog).to_be_hidden()
    all_done(db)
    dialog = open_dialog(alice)
    expect(dialog.get_by_role("button", name="Send again")).to_be_visible()
    expect(dialog.get_by_text("Already there")).to_be_visible()
    expect(dialog.get_by_role("link", name="The transfer that brought it")).to_have_attribute("href", f"/transfers/{db.execute('select id from transfers').fetchone()[0]}")


def test_after_the_first_time_one_click_sends(alice: Walk, image: Pusher, sandbox: Sandbox, db: psycopg.Connection) -> None:
    places = alice.region("Your places")
    expect(places).to_be_hidden()
    dialog = open_dialog(alice)
    dialog.get_by_label("Destination folder").fill("/containers/usual/")
    dialog.get_by_role("button", name="Start transfer").click()
    expect(dialog).to_be_hidden()
    expect(places).to_contain_text(f"/containers/usual/{image.collection}/image_latest.sif")
    places.get_by_role("button", name="Send to your usual place").click()
    expect(alice.page.get_by_role("status").get_by_text("The transfer has been accepted").last).to_be_visible()
    all_done(db)
    assert (root(sandbox, STANFORD_GUEST) / "containers/usual" / image.collection / "image_latest.sif").read_bytes() == CONTENT
    places.get_by_role("button", name="Change the name").click()
    naming = alice.page.get_by_role("dialog", name="How files are named")
    naming.get_by_label("Name below the folder").fill("../{name}")
    naming.get_by_role("button", name="Save").click()
    expect(naming.get_by_role("alert")).to_contain_text("no part")
    naming.get_by_label("Name below the folder").fill("sif/{name}.sif")
    naming.get_by_role("button", name="Save").click()
    expect(places).to_contain_text("/containers/usual/sif/image.sif")


def test_places_are_starred_marked_and_chosen(alice: Walk) -> None:
    dialog = open_dialog(alice)
    expect(dialog.get_by_label("Destination folder")).to_have_value("/containers/")
    star = dialog.get_by_role("button", name="Star this place")
    star.click()
    expect(dialog.get_by_role("button", name="Starred", pressed=True)).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    places = alice.region("Your places")
    place = f"{GUEST}: /containers/"
    expect(places.get_by_role("button", name=f"Star {place}", pressed=True)).to_be_visible()
    places.get_by_role("button", name="Make usual").click()
    expect(places.get_by_text("usual", exact=True)).to_be_visible()
    places.get_by_role("button", name=f"Transfer to {place}").click()
    expect(alice.page.get_by_role("dialog").get_by_label("Destination folder")).to_have_value("/containers/")
    alice.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    places.get_by_role("button", name=f"Star {place}").click()
    expect(places).to_be_hidden()


def test_a_list_that_cannot_be_had_hinders_nobody(alice: Walk, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    globus.fail("ls", sample="internal_error", times=99)
    globus.fail("stat", sample="internal_error", times=99)
    dialog = open_dialog(alice)
    dialog.get_by_label("Destination folder").fill("/containers/by hand/")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("button", name="Start transfer").click()
    expect(dialog).to_be_hidden()
    all_done(db)
    assert (root(sandbox, STANFORD_GUEST) / "containers/by hand/image_latest.sif").exists()


def test_several_images_go_as_one_task(alice: Walk, image: Pusher, sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    for tag in ("v2", "v3"):
        assert Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], image.collection, "image", tag).push(CONTENT + tag.encode()).status_code == 200
    collection = db.execute("select id from collections where name = %s", [image.collection]).fetchone()[0]
    page = alice.page
    page.goto(f"{sandbox.url}/collections/{collection}")
    expect(page.get_by_role("link", name="Transfer all")).to_be_visible()
    for tag in ("latest", "v3"):
        page.get_by_role("checkbox", name=f"Choose {image.collection}/image:{tag}").check()
    page.get_by_role("link", name="Transfer 2 chosen").click()
    expect(page.get_by_role("heading", name=f"Transfer {image.collection} (2 images)")).to_be_visible()
    dialog = open_dialog(alice)
    expect(dialog.locator("#send-route")).to_contain_text(": /containers/")
    dialog.get_by_label("Destination folder").fill("/containers/several/")
    dialog.get_by_role("button", name="Start transfer").click()
    expect(dialog).to_be_hidden()
    all_done(db)
    assert len(globus.tasks()) == 1
    assert sorted(path.name for path in (root(sandbox, STANFORD_GUEST) / "containers/several").iterdir()) == ["image_latest.sif", "image_v3.sif"]
    page.goto(f"{sandbox.url}/transfers/{db.execute('select id from transfers').fetchone()[0]}")
    expect(page.get_by_role("table", name="Images").get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("region", name="Send it with the Globus CLI")).to_contain_text("--batch -")
    page.goto(f"{sandbox.url}/collections/{collection}")
    page.get_by_role("link", name="Transfer all").click()
    expect(page.get_by_role("heading", name=f"Transfer {image.collection} (all images)")).to_be_visible()


def test_a_wish_that_needs_its_user_leads_back_to_where_it_was_made(alice: Walk, db: psycopg.Connection, sandbox: Sandbox) -> None:
    start(open_dialog(alice))
    expect(alice.page.get_by_role("dialog")).to_be_hidden()
    all_done(db)
    db.execute("update transfers set state = 'needs_you', task_id = null, submission_id = null, finished_at = null, next_check_at = now() + interval '1 hour'")
    alice.page.goto(f"{sandbox.url}/transfers")
    alice.page.get_by_role("link", name="Transfer again").click()
    dialog = alice.page.get_by_role("dialog")
    expect(dialog.get_by_label("Destination folder")).to_have_value("/containers/")
    start(dialog)
    expect(dialog).to_be_hidden()
    all_done(db)
    assert db.execute("select count(*) from transfers").fetchone() == (1,), "the same wish went on"


def test_what_was_left_out_is_told_now_and_later(alice: Walk, image: Pusher, sandbox: Sandbox, db: psycopg.Connection) -> None:
    for tag in ("bad", "v2"):
        assert Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], image.collection, "image", tag).push(CONTENT + tag.encode()).status_code == 200
    collection = db.execute("select id from collections where name = %s", [image.collection]).fetchone()[0]
    db.execute("update images set damaged_at = now() where id = (select image_id from containers where tag = 'bad' and collection_id = %s)", [collection])
    page = alice.page
    page.goto(f"{sandbox.url}/collections/{collection}")
    page.get_by_role("link", name="Transfer all").click()
    dialog = open_dialog(alice)
    dialog.get_by_label("Destination folder").fill("/containers/left/")
    dialog.get_by_role("button", name="Start transfer").click()
    notices = page.get_by_role("region", name="Notifications")
    expect(notices).to_contain_text(f"{image.collection}/image:bad is left out.")
    while notices.get_by_role("button", name="Dismiss").count():
        notices.get_by_role("button", name="Dismiss").first.click()
    expect(notices.get_by_text("left out")).to_have_count(0)
    all_done(db)
    page.goto(f"{sandbox.url}/transfers/{db.execute('select id from transfers').fetchone()[0]}")
    told = page.get_by_role("region", name="Left out: 1 image")
    expect(told.get_by_role("listitem")).to_have_count(1)
    expect(told).to_contain_text(f"{image.collection}/image:bad: It is damaged")
    assert sorted(path.name for path in (root(sandbox, STANFORD_GUEST) / "containers/left").iterdir()) == ["image_latest.sif", "image_v2.sif"]


def test_what_became_of_a_transfer_is_told_on_whatever_page_is_open(alice: Walk, globus: Control, sandbox: Sandbox, db: psycopg.Connection) -> None:
    globus.post("hold", after_bytes=1000)
    open_dialog(alice).get_by_role("button", name="Start transfer").click()
    expect(alice.page.get_by_role("dialog")).to_be_hidden()
    alice.page.goto(f"{sandbox.url}/collections")
    globus.post("hold", hold=False)
    told = alice.page.get_by_role("status").get_by_text(f"{GUEST}: done.")
    expect(told).to_be_visible(timeout=30_000)
    expect(alice.page.get_by_role("navigation", name="Main")).to_contain_text("Transfers 1 new")
    alice.page.goto(f"{sandbox.url}/settings/profile")
    expect(alice.page.get_by_role("navigation", name="Main")).to_contain_text("Transfers 1 new")
    expect(told).to_have_count(0)


def test_mails_of_globus_are_a_choice(alice: Walk, db: psycopg.Connection) -> None:
    db.execute("update users set globus_mail = true")
    alice.open_integrations()
    alice.page.get_by_role("main").get_by_role("link", name="Notifications").last.click()
    box = alice.page.get_by_role("checkbox", name="Let Globus write an e-mail")
    expect(box).to_be_checked()
    box.uncheck()
    expect(alice.page.get_by_role("status").get_by_text("Globus will not write to you")).to_be_visible()
    alice.page.reload()
    expect(box).not_to_be_checked()


def test_the_code_for_the_terminal_is_shown_as_text(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/globus/login?code=%3Cb%3Eabc&state=setup.xyz")
    expect(page.get_by_role("heading", name="Copy this code")).to_be_visible()
    expect(page.get_by_role("region", name="Code")).to_have_text("<b>abc")
    expect(page.get_by_role("button", name="Copy: Code")).to_be_visible()
    page.goto(f"{sandbox.url}/globus/login?error=access_denied&state=setup.xyz")
    expect(page.get_by_role("heading", name="Globus gave no code")).to_be_visible()


def test_notices_never_pile_up_over_the_page(alice: Walk) -> None:
    alice.page.evaluate("async () => { const { notify } = await import(new URL('../lib/notify.js', document.querySelector('script[type=module]').src));"
                        " for (let n = 1; n <= 5; n += 1) notify({ kind: n % 2 ? 'info' : 'bad', text: `notice ${n}`, kept: true }); }")
    notices = alice.page.get_by_role("region", name="Notifications")
    expect(notices.locator(".toast")).to_have_count(3)
    expect(notices).to_contain_text("notice 5")
    alice.page.reload()
    expect(notices.locator(".toast")).to_have_count(3)
    expect(notices).not_to_contain_text("notice 2")
