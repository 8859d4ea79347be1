"""Every page of the portal in every state it has: a world that holds one of each, and the stops of a way past them.

Tests that speak of all pages (rules of WCAG, sizes, the content security policy) walk this way; a new page or state is a line in STOPS.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from sandbox.browser import new_person
from sandbox.image import make_image
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher
from world import ALICE, STANFORD_GUEST

GUEST = "Stanford Research Computing guest"
KEY = "433FE984155206BD962725E20E8713472A879943"
SENTENCES = {
    "waiting": "Waiting for Globus, which does not answer now.", "queued": "Accepted by Globus.", "running": "Globus is copying it.",
    "needs_you": "Globus needs your consent for this endpoint, once.", "paused": "The endpoint's administrators have paused it.",
    "done": "Arrived, and its sha256 is the image's.", "failed": "Not sent: the quota is used up.", "cancelled": "Cancelled before it was sent.",
}
OVER = ("done", "failed", "cancelled")
TOKEN = {"token": "0" * 40, "client_secrets": {"registry": {"base": "http://registry.example", "username": "alice", "token": "0" * 40}}}
NOTHING = {"items": [], "next": None}
STEP_UP = {"detail": "Globus wants you to sign in again for this endpoint.", "code": "globus_step_up", "request_id": "r403", "authorize_url": "https://auth.globus.example/"}
ILL = {
    "counts": {"users": 3, "active_users": 2, "collections": 1, "containers": 1, "images": 1, "stored_bytes": 1 << 40, "damaged": 2, "late_revocations": 1},
    "open_transfers": [], "fullest": [],
    "processes": [{"host": "node1.hpc.example", "role": role, "pid": 7, "workers": 8, "version": "0.1.0", "started_at": "2026-01-01T00:00:00Z",
                   "seen_at": "2026-01-01T00:00:00Z", "alive": role != "agent"} for role in ("agent", "api", "upload")],
    "findings": [{"check": name, "result": result, "text": "Something is not as it should be.", "remedy": remedy, "host": "node1.hpc.example",
                  "found_at": "2026-01-01T00:00:00Z"} for name, result, remedy in (
                      ("settings", "ok", None), ("space", "warning", "Make space."), ("clock", "problem", "Set the clock."), ("source", "skipped", None))],
}


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Stop:
    """A page in one state. ``path`` may name what the world holds; ``act`` leads from the page as it comes to the state."""

    name: str
    viewer: str
    path: str
    act: Callable[[Page], None] = nothing
    before: Callable[[Page], None] = nothing


@dataclass
class World:
    """What the stops speak of, and a page for each viewer: alice owns and has Globus, carol has nothing, admin administers, visitor did not sign in."""

    sandbox: Sandbox
    database: psycopg.Connection
    names: dict[str, object] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def visit(self, stop: Stop) -> Page:
        """Come to a stop, and wait until the page has settled."""
        page = self.pages[stop.viewer]
        page.unroute_all()
        page.context.set_offline(False)
        stop.before(page)
        page.goto(self.sandbox.url + stop.path.format(**self.names))
        settle(page)
        stop.act(page)
        settle(page)
        return page


def settle(page: Page) -> None:
    """Nothing is being loaded any more."""
    waiting = page.locator(":is([aria-busy=true], .loading, .checks-old):visible")
    expect(waiting.filter(has_not_text="Not loaded.")).to_have_count(0, timeout=30_000)


@contextmanager
def open_world(sandbox: Sandbox, browser: Browser, scratch: Path, setup: Callable[[BrowserContext], None] = lambda _: None) -> Iterator[World]:
    """The world, with nobody at work in it: what is shown does not change while it is looked at."""
    sandbox.standin.control.reset()
    sandbox.standin.control.auto(None)
    with psycopg.connect(sandbox.database.url, autocommit=True) as database:
        clear(database)
        world = World(sandbox, database)
        sandbox.processes.stop("agent")
        try:
            fill_registry(world, scratch)
            for viewer in ("visitor", "alice", *(name for name in ("carol", "admin") if name in sandbox.options.users)):
                world.pages[viewer] = open_page(world, browser, viewer, setup)
            fill_transfers(world)
            yield world
        finally:
            for page in world.pages.values():
                page.context.close()
            clear(database)
            sandbox.program.start_agent()


def clear(database: psycopg.Connection) -> None:
    for table in ("transfers", "destinations", "globus_links", "collection_stars", "sessions"):
        database.execute(f"delete from {table}")


def open_page(world: World, browser: Browser, viewer: str, setup: Callable[[BrowserContext], None]) -> Page:
    context = new_person(browser)
    setup(context)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    if viewer != "visitor":
        walk = Walk(page, world.sandbox.url, viewer)
        walk.sign_in(world.sandbox.user(viewer)["password"])
    if viewer == "alice":
        walk.open_integrations()
        walk.connect_globus(ALICE)
    return page


def fill_registry(world: World, scratch: Path) -> None:
    """Collection tour: an image with facts, signatures and an earlier version, one that is no SIF, a damaged one; and an empty collection."""
    token = world.sandbox.user("alice")["token"]
    for name, contents in {"whole": [b"what it was", signed_image(scratch)], "plain": [b"no SIF"], "broken": [b"damaged"]}.items():
        p = Pusher(world.sandbox.url, "alice", token, "tour", name)
        for content in contents:
            assert p.push(content).ok
    row = world.database.execute("update collections set description = 'What is shown to those who look around.' where name = 'tour' returning id")
    world.names["collection"] = row.fetchone()[0]
    for name, container, image in world.database.execute("select name, id, image_id from containers where collection_id = %s", [world.names["collection"]]):
        world.names |= {name: container, f"{name}_image": image}
    world.database.execute("update images set damaged_at = now() where id = %s", [world.names["broken_image"]])
    world.database.execute("insert into collections (name, is_private) values ('tour-empty', false) on conflict do nothing")
    world.names["empty"] = world.database.execute("select id from collections where name = 'tour-empty'").fetchone()[0]


def signed_image(directory: Path) -> bytes:
    """A SIF with a definition, labels and a signature."""
    path = make_image(directory / "tour.sif")
    (directory / "labels.json").write_text(json.dumps({"data": {"attributes": {"labels": {"Author": "alice", "org.label-schema.name": "tour"}}}}))
    for options in (["labels.json", "--datatype", "6", "--filename", "inspect-metadata.json"],
                    ["labels.json", "--datatype", "5", "--signentity", KEY, "--signhash", "1"]):
        subprocess.run(["siftool", "add", str(path), str(directory / options[0]), *options[1:]], check=True)
    return path.read_bytes()


def fill_transfers(world: World) -> None:
    """One of each state, one of several images of which some were left out, and places to send to."""
    run = world.database.execute
    for n, (state, sentence) in enumerate(SENTENCES.items()):
        row = run("insert into transfers (user_id, container_id, image_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total,"
                  " bytes_transferred, bytes_per_second, faults, task_id, finished_at, next_check_at, is_compared) select id, %s, %s, 'tour/whole:latest', sha256('x'), '/1/x.sif',"
                  " gen_random_uuid(), %s, '/containers/whole.sif', %s::transfer_state, %s, 62300000, 24000000, %s, 2, gen_random_uuid(), case when %s then now() end,"
                  " now() + interval '1 hour', true from users where username = 'alice' returning id",
                  [world.names["whole"], world.names["whole_image"], GUEST, state, sentence, 4_100_000 * (state == "running"), state in OVER])
        world.names[state] = row.fetchone()[0]
    several = run("insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total, files, finished_at, next_check_at)"
                  " select id, 'tour (2 images)', sha256('y'), '', gen_random_uuid(), %s, '/containers/', 'done', 'Arrived.', 300, 2, now(), now() from users where username = 'alice'"
                  " returning id", [GUEST]).fetchone()[0]
    world.names["several"] = several
    for n in range(2):
        run("insert into transfer_files values (%s, %s, null, %s, sha256('z'), 150, %s)", [several, n, f"tour/image{n}:latest", f"image{n}.sif"])
    run("insert into transfer_left_out values (%s, 0, 'tour/broken:latest', 'It is damaged.')", [several])
    run("insert into destinations (user_id, endpoint_id, folder, endpoint_name, owner, organization, is_usual, starred_at, last_sent_at)"
        " select id, %s, '/containers/' || n, %s, 'bob@uni.example', 'Stanford University', n = '', now(), now() from users, (values (''), ('other/')) v (n)"
        " where username = 'alice'", [STANFORD_GUEST, GUEST])


# -- acts -----------------------------------------------------------------------------------------


def press(name: str, role: str = "button") -> Callable[[Page], None]:
    return lambda page: page.get_by_role(role, name=re.compile(f"^{name}")).first.click()  # type: ignore[arg-type]


def opened(*names: str) -> Callable[[Page], None]:
    """Press one button after the other; the last opens a dialog."""

    def act(page: Page) -> None:
        for name in names:
            press(name)(page)
        expect(page.get_by_role("dialog").last).to_be_visible()

    return act


def answer(address: str, body: object, status: int = 200) -> Callable[[Page], None]:
    """What the registry would say to this address, said in its place."""

    def fulfil(route: Route) -> None:
        route.fulfill(status=status, json=body)

    return lambda page: page.route(re.compile(address), fulfil)


def refused(status: int, code: str) -> dict[str, object]:
    return {"detail": "The registry could not do this now.", "code": code, "request_id": f"r{status}"}


def wrong_password(page: Page) -> None:
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()


def offline_search(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("anything")
    press("Search")(page)
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()


def step_up_asked(page: Page) -> None:
    row = page.get_by_role("region", name="Shared with me").get_by_role("row").filter(has_text=GUEST)
    row.get_by_role("button", name="Transfer", exact=True).click()
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_visible()


def user_menu(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="alice").click()
    expect(page.get_by_role("button", name="Logout")).to_be_visible()


def choose_two(page: Page) -> None:
    for name in ("whole", "plain"):
        page.get_by_role("checkbox", name=f"Choose tour/{name}:latest").check()


def search_endpoints(words: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("Search Endpoints").fill(words)
        press("Go!")(page)

    return act


def transfer_dialog(page: Page) -> None:
    row = page.get_by_role("region", name="Shared with me").get_by_role("row").filter(has_text=GUEST)
    row.get_by_role("button", name="Transfer", exact=True).click()
    expect(page.get_by_role("list", name="Looked at before sending")).to_be_visible()


def folder_chosen(page: Page) -> None:
    transfer_dialog(page)
    page.get_by_role("navigation", name="Folders above").get_by_role("button", name="/", exact=True).click()
    expect(page.get_by_role("button", name="containers", exact=True)).to_be_visible()


def new_folder(page: Page) -> None:
    transfer_dialog(page)
    press("New folder")(page)
    expect(page.get_by_role("dialog", name="New folder")).to_be_visible()


def share_link(page: Page) -> None:
    opened("Share")(page)
    press("Make a link")(page)
    expect(page.get_by_role("region", name="Share link")).to_be_visible()


def notices(page: Page) -> None:
    page.get_by_role("searchbox").first.focus()
    page.evaluate("async () => { const { notify } = await import(new URL('../lib/notify.js', document.querySelector('script[type=module]').src));"
                  " for (const kind of ['ok', 'info', 'bad']) notify({ kind, text: `A notice (${kind}).`, link: { text: 'See it', href: '/transfers' } }); }")


def stop(viewer: str, name: str, path: str, act: Callable[[Page], None] = nothing, before: Callable[[Page], None] = nothing) -> Stop:
    return Stop(name, viewer, path, act, before)


STOPS = [
    stop("visitor", "home", "/"),
    stop("visitor", "sign in", "/login"),
    stop("visitor", "sign in, refused", "/login", wrong_password),
    stop("visitor", "words", "/words"),
    stop("visitor", "collections", "/collections"),
    stop("visitor", "no collections", "/collections", before=answer("/api/portal/collections", NOTHING)),
    stop("visitor", "found", "/collections?q=tour"),
    stop("visitor", "nothing found", "/collections?q=nowhereatall"),
    stop("visitor", "collection", "/collections/{collection}"),
    stop("visitor", "image", "/containers/{whole}"),
    stop("visitor", "image that is no SIF", "/containers/{plain}"),
    stop("visitor", "damaged image", "/containers/{broken}"),
    stop("visitor", "no such page", "/nowhere"),
    stop("visitor", "no such collection", "/collections/999999999"),
    stop("visitor", "no such image", "/containers/999999999"),
    stop("visitor", "registry away", "/collections/{collection}", before=answer("/api/portal/collections/", refused(503, "unavailable"), 503)),
    stop("visitor", "offline", "/collections", offline_search),
    stop("visitor", "sign in first", "/settings/profile"),
    stop("visitor", "code", "/globus/login?code=abc&state=setup.xyz"),
    stop("visitor", "no code", "/globus/login?error=access_denied&state=setup.xyz"),
    stop("carol", "home of who has nothing", "/"),
    stop("carol", "empty collection", "/collections/{empty}"),
    stop("carol", "no collections of one's own", "/settings/collections", before=answer("/api/portal/collections", NOTHING)),
    stop("carol", "not connected", "/settings/integrations"),
    stop("carol", "endpoints, not connected", "/globus/transfer/{whole}"),
    stop("carol", "no transfers", "/transfers"),
    stop("carol", "no favorites", "/settings/favorites"),
    stop("carol", "no news", "/settings/notifications"),
    stop("carol", "not one's own transfer", "/transfers/{done}"),
    stop("admin", "administration", "/admin"),
    stop("admin", "administration, trouble", "/admin", nothing, answer("/api/admin/overview", ILL)),
    stop("admin", "switch a user off", "/admin", opened("Switch off")),
    stop("alice", "home", "/"),
    stop("alice", "user menu", "/collections", user_menu),
    stop("alice", "notices", "/collections", notices),
    stop("alice", "new collection", "/collections", opened("New collection")),
    stop("alice", "own collection", "/collections/{collection}", choose_two),
    stop("alice", "manage collection", "/collections/{collection}", opened("Manage")),
    stop("alice", "delete collection", "/collections/{collection}", opened("Manage", "Delete collection")),
    stop("alice", "push an image", "/collections/{collection}", opened("Push an image")),
    stop("alice", "own image", "/containers/{whole}"),
    stop("alice", "share", "/containers/{whole}", share_link),
    stop("alice", "add a tag", "/containers/{whole}", opened("Add a tag")),
    stop("alice", "delete image", "/containers/{whole}", opened("Delete")),
    stop("alice", "forget a version", "/containers/{whole}", opened("Forget")),
    stop("alice", "endpoints", "/globus/transfer"),
    stop("alice", "endpoints, image chosen", "/globus/transfer/{whole}"),
    stop("alice", "endpoints, several chosen", "/globus/transfer?collection={collection}"),
    stop("alice", "endpoints found", "/globus/transfer/{whole}", search_endpoints("Stanford")),
    stop("alice", "no endpoint found", "/globus/transfer/{whole}", search_endpoints("nowhereatall")),
    stop("alice", "own endpoints: none", "/globus/transfer/{whole}", before=answer("/api/globus/endpoints[?]", NOTHING)),
    stop("alice", "Globus away", "/globus/transfer/{whole}", before=answer("/api/globus/endpoints[?]", refused(502, "globus_unavailable"), 502)),
    stop("alice", "transfer dialog", "/globus/transfer/{whole}", transfer_dialog),
    stop("alice", "transfer dialog, folder chosen", "/globus/transfer/{whole}", folder_chosen),
    stop("alice", "transfer dialog, no list", "/globus/transfer/{whole}", transfer_dialog, answer("/ls[?]?", refused(502, "globus_unavailable"), 502)),
    stop("alice", "sign-in at Globus too old", "/globus/transfer/{whole}", step_up_asked, answer("/ls[?]?", STEP_UP, 403)),
    stop("alice", "new folder", "/globus/transfer/{whole}", new_folder),
    stop("alice", "how files are named", "/globus/transfer/{whole}", opened("Change the name")),
    stop("alice", "transfers", "/transfers"),
    stop("alice", "transfers, failed", "/transfers?state=failed"),
    stop("alice", "cancel a transfer", "/transfers", opened("Cancel")),
    stop("alice", "transfer running", "/transfers/{running}"),
    stop("alice", "transfer needs its user", "/transfers/{needs_you}"),
    stop("alice", "transfer done", "/transfers/{done}"),
    stop("alice", "transfer failed", "/transfers/{failed}"),
    stop("alice", "transfer of several", "/transfers/{several}"),
    stop("alice", "profile", "/settings/profile"),
    stop("alice", "collections of one's own", "/settings/collections"),
    stop("alice", "favorites", "/settings/favorites"),
    stop("alice", "sessions", "/settings/sessions"),
    stop("alice", "sign out everywhere", "/settings/sessions", opened("Sign out everywhere")),
    stop("alice", "news", "/settings/notifications"),
    stop("alice", "connected", "/settings/integrations"),
    stop("alice", "token", "/settings/integrations", press("API Token"), answer("/api/me/token", TOKEN)),  # the real one is needed by other tests
]
# The pages as they come, each once.
FIRST = ("home", "sign in", "collections", "found", "collection", "image", "endpoints, image chosen", "transfers", "transfer running", "transfer of several", "profile",
         "sessions", "news", "connected")
PAGES = [next(each for each in reversed(STOPS) if each.name == name and each.act is nothing) for name in FIRST]
