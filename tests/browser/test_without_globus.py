"""The portal where Globus is switched off, and that of a program built without it: no word, link or icon of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher
from tour import settle
from wishes import CONTENT

PAGES_MAX = 60
OF_GLOBUS = re.compile(r"globus|endpoint|transfer(?!red)", re.IGNORECASE)
# Everything that somebody can see, hear or follow: texts, names, titles, addresses.
SAID = """() => [document.title, document.body.innerText, ...[...document.body.querySelectorAll('*')].filter((e) => e.checkVisibility()).flatMap((e) =>
  ['href', 'action', 'title', 'aria-label', 'placeholder', 'alt'].map((name) => e.getAttribute(name) ?? ''))].join('\\n')"""
LINKS = "() => [...document.querySelectorAll('a[href]')].filter((a) => a.origin === location.origin && !a.pathname.includes('/download/')).map((a) => a.pathname)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module", params=["switched off", "built without"])
def registry(request: pytest.FixtureRequest, make_sandbox: Callable[..., Sandbox], binary: Path, plain_binary: Path) -> Sandbox:
    sandbox = make_sandbox(binary=binary if request.param == "switched off" else plain_binary, users=("alice", "admin"),
                           settings={"ENABLE_GLOBUS": "false", "LOGIN_METHODS": "local"})
    assert Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "tacos", "avocados").push(CONTENT).status_code == 200
    return sandbox


def crawl(page: Page, url: str) -> dict[str, list[str]]:
    """Every page that links lead to, and what of Globus stands there."""
    left, found = ["/"], {}
    while left and len(found) < PAGES_MAX:
        path = left.pop()
        page.goto(url + path)
        settle(page)
        found[path] = [line.strip() for line in page.evaluate(SAID).splitlines() if OF_GLOBUS.search(line)]
        left += sorted(set(page.evaluate(LINKS)) - {*found, *left})
    assert not left, f"more pages than {PAGES_MAX}: {left}"
    return found


@pytest.mark.parametrize("viewer", ["visitor", "alice", "admin"])
def test_no_page_speaks_of_it(browser: Browser, registry: Sandbox, viewer: str) -> None:
    context = new_person(browser)
    page = context.new_page()
    if viewer != "visitor":
        Walk(page, registry.url, viewer).sign_in(registry.user(viewer)["password"])
    found = crawl(page, registry.url)
    assert {"/", "/login" if viewer == "visitor" else "/settings/integrations"} <= found.keys() and any(path.startswith("/containers/") for path in found)
    assert "\n".join(f"{path}: {line}" for path, lines in found.items() for line in lines) == ""
    context.close()


def test_its_pages_are_not_there(browser: Browser, registry: Sandbox) -> None:
    context = new_person(browser)
    page = context.new_page()
    Walk(page, registry.url, "alice").sign_in(registry.user("alice")["password"])
    for path in ("/globus/transfer", "/globus/transfer/1", "/transfers", "/transfers/1"):
        answer = page.goto(registry.url + path)
        assert answer and answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_contain_text("not")
    context.close()
