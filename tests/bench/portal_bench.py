"""What pages cost a browser: bytes of a first and of a second visit, requests, round trips until a page can be used, what jumps."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from sandbox.browser import chromium, new_person

from measure import Scale
from place import Place
from speed import visit
from tour import PAGES, Stop, World, open_world

DELAY_MS = 300  # so much longer than the machine's own work that round trips can be counted


def portal(place: Place, scale: Scale) -> None:
    """Each page for somebody who was never here, once more, and once more on a slow line."""
    print(f"{'page':<34} {'first KiB':>9} {'second':>7} {'requests':>8} {'round trips':>11} {'jumps':>6} {'hosts':>5}  (<= 100, -, -, 1, < 0.02, 1)")
    with TemporaryDirectory() as scratch, chromium() as browser, open_world(place.sandbox, browser, Path(scratch)) as world:
        for stop in PAGES:
            print(line(world, browser, stop), flush=True)


def line(world: World, browser: Browser, stop: Stop) -> str:
    url = world.sandbox.url + stop.path.format(**world.names)
    seen = []
    for delays in ((0, 0), (DELAY_MS,)):
        context = new_person(browser)
        context.add_cookies(world.pages[stop.viewer].context.cookies())  # type: ignore[arg-type]
        seen += [visit(context, url, delay) for delay in delays]
        context.close()
    first, second, slow = seen
    return (f"{stop.viewer + ': ' + stop.name:<34} {first.bytes / 1024:>9.1f} {second.bytes / 1024:>7.1f} {first.requests:>8} {slow.round_trips:>11.1f}"
            f" {max(each.shift for each in seen):>6.3f} {len(first.hosts | second.hosts):>5}")
