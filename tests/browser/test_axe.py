"""axe-core on every page and state, in light and in dark: no violation of WCAG 2.2 A and AA, nor of what it calls best practice.

A picture of each stays in var/test-reports/screens: light and dark, 1280 and 320 px wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from sandbox.browser import chromium
from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox

from tour import STOPS, Stop, World, open_world

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SCREENS = REPOSITORY / "var/test-reports/screens"
WIDTHS = (1280, 320)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "light": {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]},  # what colours decide
}


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, open_world(sandbox, browser, tmp_path_factory.mktemp("tour")) as world:
        yield world


def violations(page: Page, scheme: str) -> list[str]:
    """Rule, what it asks for, and where it is not so. The evaluation comes from outside the page, where its policy does not hold."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found = page.evaluate("options => axe.run(document, options)", RULES[scheme])["violations"]
    return [f"{scheme}: {rule['id']}: {rule['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def take_pictures(page: Page, stop: Stop, scheme: str) -> None:
    """The page as it is, made narrow and wide again."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        name = re.sub(r"[^a-z0-9]+", "-", f"{stop.viewer} {stop.name}".lower()).strip("-")
        page.screenshot(path=SCREENS / f"{name}-{scheme}-{width}.jpg", type="jpeg", quality=75, full_page=not page.locator("dialog[open]").count())


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: f"{stop.viewer}: {stop.name}")
def test_no_rule_is_broken(world: World, stop: Stop) -> None:
    page = world.visit(stop)
    said = []
    for scheme in RULES:
        said += violations(page, scheme)
        take_pictures(page, stop, scheme)
    assert not said, "\n".join(said)


def test_the_rules_see_what_is_wrong(world: World) -> None:
    page = world.visit(STOPS[0])
    page.evaluate("document.querySelector('main').append(document.createElement('button'), Object.assign(document.createElement('p'), { textContent: 'pale', id: 'pale' }));"
                  "document.querySelector('#pale').style.color = 'color-mix(in srgb, currentColor 20%, transparent)'")
    said = {scheme: "\n".join(violations(page, scheme)) for scheme in RULES}
    assert "button-name" in said["light"]
    assert all("color-contrast" in said[scheme] for scheme in RULES)
