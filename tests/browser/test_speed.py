"""What a first visit costs. ``./tests/bench/run portal`` tells more, and with figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox

from speed import visit
from tour import PAGES, Stop, World, open_world

BYTES_MAX = 100 << 10
SHIFT_MAX = 0.02


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(sandbox, browser, tmp_path_factory.mktemp("tour")) as world:
        yield world


@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: f"{stop.viewer}: {stop.name}")
def test_a_first_visit_is_small_and_nothing_jumps(world: World, browser: Browser, stop: Stop) -> None:
    context = new_person(browser)
    context.add_cookies(world.pages[stop.viewer].context.cookies())  # type: ignore[arg-type]
    url = world.sandbox.url + stop.path.format(**world.names)
    first, second = visit(context, url), visit(context, url)
    context.close()
    assert first.bytes <= BYTES_MAX, f"{first.bytes} bytes"
    assert max(first.shift, second.shift) < SHIFT_MAX, f"things jump by {first.shift:.3f}, {second.shift:.3f}"
    assert first.hosts == second.hosts == {world.sandbox.url.removeprefix("http://")}
    assert second.bytes < first.bytes / 2, f"a second visit takes {second.bytes} of {first.bytes} bytes again"
