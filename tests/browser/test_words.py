"""The portal in another language: what the modules say comes from the file of sentences, on every page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox

from tour import PAGES, Stop, World, open_world, settle

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "cmake"))

from portal_words import catalogue, of_page  # noqa: E402

WWW = ROOT / "www"
OF_PAGES = {english for page in [WWW / "frame.html", *(WWW / "pages").glob("*.html")] for _, _, english in of_page(page.read_text())}
OF_SERVER = {"public"}  # a badge of an endpoint, which the server names
SAID = catalogue(WWW)
OF_MODULES = {text for key, text in SAID.items() if isinstance(text, str)} - OF_PAGES
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, style, template, noscript')) texts.push(walker.currentNode.data.trim());
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
    for (const name of ['aria-label', 'title', 'placeholder']) if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
  }
  return texts.filter(Boolean);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(sandbox, browser, tmp_path_factory.mktemp("tour")) as world:
        yield world


def bracketed(route: Route) -> None:
    words = {key: f"⟦{text}⟧" if isinstance(text, str) else {form: f"⟦{each}⟧" for form, each in text.items()} for key, text in SAID.items()}
    route.fulfill(content_type="application/javascript", body=f"export const language = 'en';\nexport const sentences = {json.dumps(words)};\n")


@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: f"{stop.viewer}: {stop.name}")
def test_nothing_stays_english(world: World, browser: Browser, stop: Stop) -> None:
    context = new_person(browser)
    context.add_cookies(world.pages[stop.viewer].context.cookies())  # type: ignore[arg-type]
    context.route("**/lib/sentences.js", bracketed)
    page = context.new_page()
    page.goto(world.sandbox.url + stop.path.format(**world.names))
    settle(page)
    expect(page.locator("footer")).to_contain_text("⟦What the words mean⟧")
    texts = page.evaluate(TEXTS)
    context.close()
    assert any("⟦" in text for text in texts)
    assert not sorted((OF_MODULES - OF_SERVER).intersection(texts))
