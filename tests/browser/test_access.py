"""The portal without a mouse, on a narrow screen, with large letters: the main job by keyboard, and what holds for every page and state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from pushing import Pusher
from tour import GUEST, STOPS, Stop, World, nothing, open_world, settle
from wishes import CONTENT
from world import ALICE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TABS_MAX = 120
NAME = """() => {
  const e = document.activeElement;
  const of = (ids) => (ids ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const name = e.ariaLabel || of(e.getAttribute('aria-labelledby')) || [...(e.labels ?? [])].map((l) => l.textContent).join(' ') || e.textContent || e.title;
  return `${e.localName}: ${name.replace(/\\s+/g, ' ').trim()} (${of(e.getAttribute('aria-describedby')).trim()})`;
}"""
# What somebody sees of the focus: a ring, inside the window, and nothing of the page's own over it.
HIDDEN_FOCUS = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  if (e === document.body) return 'nothing has the focus';
  if ((style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) && style.boxShadow === 'none') return `no ring: ${e.outerHTML}`;
  if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth || !box.width || !box.height) return `out of sight: ${e.outerHTML}`;
  const at = (x, y) => { const top = document.elementFromPoint(x, y); return top && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(top))); };
  const corners = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
  return corners.some(([x, y]) => at(x, y)) ? '' : `covered: ${e.outerHTML}`;
}"""
NOTIFY = """() => import(new URL('../lib/notify.js', document.querySelector('script[type=module]').src))
  .then(({ notify }) => notify({ kind: 'bad', text: 'It went wrong. '.repeat(10) }))"""
SETTLED_MOTION = """() => [...document.querySelectorAll('*')].filter((e) => {
  const style = getComputedStyle(e);
  return [style.transitionDuration, style.animationDuration].some((text) => text.split(',').some((t) => parseFloat(t) * (t.includes('ms') ? 1 : 1000) > 10));
}).map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)"""
BAD_TABLES = """() => [...document.querySelectorAll('table')].filter((t) => !t.caption?.textContent.trim() || !t.tHead
  || [...t.querySelectorAll('thead th')].some((h) => h.scope !== 'col' || !h.textContent.trim())
  || [...t.tBodies[0].rows].some((row) => !row.querySelector('th[scope=row]'))).map((t) => t.outerHTML.slice(0, 200))"""
WIDE = """() => [document.documentElement, ...document.querySelectorAll('dialog[open]')]
  .filter((e) => e.scrollWidth > (e.localName === 'html' ? innerWidth : e.clientWidth)).map((e) => `${e.localName} is ${e.scrollWidth} wide`)
  .concat([...document.querySelectorAll('main *, dialog *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .visually-hidden'))
    .map((e) => e.outerHTML.slice(0, 160))).slice(0, 5)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


# -- the main job ---------------------------------------------------------------------------------


class Keys:
    """Somebody who has no mouse: the focus is all there is, and it is looked at after every key."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def has_focus(self) -> str:
        return str(self.page.evaluate(NAME))

    def look(self) -> None:
        hidden = self.page.evaluate(HIDDEN_FOCUS)
        assert not hidden, hidden

    def to(self, wanted: str, key: str = "Tab") -> None:
        """Go on until the element has the focus."""
        seen = []
        for _ in range(TABS_MAX):
            self.press(key)
            seen.append(self.has_focus())
            if seen[-1].startswith("body:"):
                continue  # past the last element, in the browser's own bar
            self.look()
            if re.search(wanted, seen[-1]):
                return
        raise AssertionError(f"{wanted} cannot be reached with {key}: {seen}")

    def enter(self, wanted: str) -> None:
        self.to(wanted)
        self.press("Enter")

    def not_lost(self) -> None:
        """After an action: wherever the focus is, it is somewhere."""
        settle(self.page)
        assert self.page.evaluate("document.activeElement !== document.body"), "the focus was lost"


@pytest.fixture
def keys(browser: Browser, globus: Control, db: psycopg.Connection) -> Iterator[Keys]:
    for table in ("transfers", "destinations", "globus_links"):
        db.execute(f"delete from {table}")
    globus.auto(None)
    context = new_person(browser)
    yield Keys(context.new_page())
    context.close()


def test_the_main_job_by_keyboard_alone(keys: Keys, sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    image = pusher()
    assert image.push(CONTENT).status_code == 200
    page = keys.page
    page.goto(f"{sandbox.url}/login")
    settle(page)
    keys.to("^input: Username")
    page.keyboard.type("alice")
    keys.to("^input: Password")
    page.keyboard.type(sandbox.user("alice")["password"])
    keys.press("Enter")
    page.wait_for_url(re.compile("/collections$"))
    settle(page)
    keys.to("^input: Search collections")
    page.keyboard.type(image.collection)
    keys.press("Enter")
    expect(page.get_by_role("link", name=image.collection, exact=True)).to_be_visible()
    keys.not_lost()
    keys.enter(f"^a: {image.collection} ")
    page.wait_for_url(re.compile(r"/collections/\d+$"))
    settle(page)
    keys.enter("^a: Transfer with Globus")
    page.wait_for_url(re.compile("/globus/transfer/"))
    settle(page)
    keys.enter("^button: Connect Globus")
    page.get_by_role("button", name=f"Continue as {ALICE}").wait_for()
    page.get_by_role("button", name=f"Continue as {ALICE}").press("Enter")  # Globus's page, not ours
    expect(page.get_by_role("region", name="Shared with me").get_by_role("row").first).to_be_visible()
    settle(page)
    keys.to("^input: Search Endpoints")
    page.keyboard.type("Stanford")
    keys.press("Enter")
    expect(page.get_by_role("region", name="Search results").get_by_role("row").first).to_be_visible()
    keys.not_lost()
    keys.enter(rf"^button: Transfer \({GUEST}")
    dialog = page.get_by_role("dialog", name=f"Transfer {image.uri}")
    expect(dialog.get_by_role("list", name="Looked at before sending")).to_be_visible()
    keys.not_lost()
    keys.enter("^button: Start transfer")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").get_by_text("The transfer has been accepted").last).to_be_visible()
    keys.not_lost()
    keys.enter("^a: Transfers")
    page.wait_for_url(re.compile("/transfers$"))
    expect(page.get_by_role("article").first).to_have_attribute("data-state", "done", timeout=60_000)
    settle(page)
    keys.to("^button: alice")
    keys.press("Enter")
    keys.to("^a: Settings", "ArrowDown")
    keys.press("Escape")
    assert keys.has_focus().startswith("button: alice")
    keys.press("Enter")
    keys.to("^a: Settings", "ArrowDown")
    keys.press("Enter")
    page.wait_for_url(re.compile("/settings/profile$"))
    settle(page)
    keys.enter("^a: Integrations")
    page.wait_for_url(re.compile("/settings/integrations$"))
    settle(page)
    keys.enter("^button: Disconnect Globus")
    expect(page.get_by_role("heading", name="Logged out of Globus Auth")).to_be_visible()


def test_the_focus_goes_on_after_load_more(keys: Keys, sandbox: Sandbox, db: psycopg.Connection) -> None:
    db.execute("insert into collections (name, is_private) select 'keys/' || n, false from generate_series(100, 250) n")
    keys.page.goto(f"{sandbox.url}/collections?q=keys/")
    settle(keys.page)
    rows = keys.page.get_by_role("table", name="Collections").get_by_role("row")
    for count in (101, 151, 152):
        keys.page.get_by_role("button", name="Load more").focus()
        keys.press("Enter")
        expect(rows).to_have_count(count)
        keys.not_lost()
    db.execute("delete from collections where name like 'keys/%'")


# -- every page and state -------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 400)])
@pytest.mark.parametrize("path", ["/globus/transfer/{whole}", "/settings/integrations"])
def test_notices_never_lie_over_the_focus(world: World, path: str, width: int, height: int) -> None:
    page = world.pages["alice"]
    world.visit(Stop("notices", "alice", path))
    page.set_viewport_size({"width": width, "height": height})
    for _ in range(3):
        page.evaluate(NOTIFY)
    expect(page.get_by_role("alert").get_by_text("It went wrong.")).to_have_count(3)
    keys = Keys(page)
    for _ in range(TABS_MAX):
        keys.press("Tab")
        if keys.has_focus().startswith("body:"):
            return
        keys.look()
    raise AssertionError("the page has no end")


def test_a_notice_that_comes_does_not_cover_what_has_the_focus(world: World) -> None:
    page = world.pages["alice"]
    world.visit(Stop("a notice", "alice", "/settings/integrations"))
    page.set_viewport_size({"width": 640, "height": 400})
    keys = Keys(page)
    keys.to("^button: Disconnect Globus", "Shift+Tab")
    page.evaluate(NOTIFY)
    expect(page.get_by_role("alert").get_by_text("It went wrong.")).to_be_visible()
    keys.look()


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(sandbox, browser, tmp_path_factory.mktemp("tour")) as world:
        yield world


def skip_link_is_first(page: Page) -> list[str]:
    """On the program's own page, which has one link, there is nothing to skip."""
    if not page.get_by_role("navigation").count():
        return []
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    return [] if focused.count() == 1 and focused.inner_text() == "Skip to content" else [f"the first stop is {focused.all_inner_texts()}"]


def focus_was_kept(page: Page) -> list[str]:
    """After what was pressed, and after each dialog is left with Escape."""
    said = []
    for step in ("pressing", "Escape", "Escape"):
        if page.evaluate("document.activeElement === document.body"):
            said.append(f"the focus was lost after {step}")
        if not page.get_by_role("dialog").count():
            break
        page.keyboard.press("Escape")
    return said


def small_targets(page: Page) -> list[str]:
    """24 by 24 px, or as much room around them (WCAG 2.5.8); of an open menu its own, which lie over others."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.menu-list:not([hidden])') ?? document, { runOnly: { type: 'rule', values: ['target-size'] }, resultTypes: ['violations'] })")["violations"]
    return [f"target: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def too_wide(page: Page, width: int, letters: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 720})
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
    return [f"{width} px, letters {letters or '100%'}: {text}" for text in page.evaluate(WIDE)]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: f"{stop.viewer}: {stop.name}")
def test_every_state_can_be_used(world: World, stop: Stop) -> None:
    page = world.pages[stop.viewer]
    page.set_viewport_size({"width": 1280, "height": 800})
    world.visit(stop)
    said = [f"moves: {html}" for html in page.evaluate(SETTLED_MOTION)] + [f"table: {html}" for html in page.evaluate(BAD_TABLES)]
    said += small_targets(page) + too_wide(page, 640, "200%") + too_wide(page, 320, "") + small_targets(page)
    said += skip_link_is_first(page) if stop.act is nothing else focus_was_kept(page)
    assert not said, "\n".join(said)
