"""What pages cost a browser: bytes of a first and of a second visit, requests, round trips until a page can be used, what jumps.

The round trips are counted behind HTTP/2, which a site with TLS has, and behind HTTP/1.1.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from sandbox.browser import chromium, new_person
from sandbox.waiting import free_port

from certificates import Authority
from measure import Scale
from place import Place
from speed import visit
from tour import PAGES, Stop, World, open_world

DELAY_MS = 1000  # so much longer than the machine's own work that round trips can be counted


def portal(place: Place, scale: Scale) -> None:
    """Each page for somebody who was never here, once more, and once more on a slow line."""
    print(f"{'page':<34} {'first KiB':>9} {'second':>7} {'requests':>8} {'round trips':>11} {'HTTP/1.1':>8} {'jumps':>6} {'hosts':>5}  (<= 100, -, -, 1, -, < 0.02, 1)")
    with TemporaryDirectory() as scratch, chromium() as browser, open_world(place.sandbox, browser, Path(scratch)) as world:
        secure = serve_http2(place, Path(scratch))
        for stop in PAGES:
            print(line(world, browser, stop, secure), flush=True)


def serve_http2(place: Place, scratch: Path) -> str:
    """A second server in the sandbox's nginx, as a site with TLS has one."""
    certificate, key = Authority(scratch).issue("bench")
    port = free_port()
    place.add_server(f"    server {{\n        listen 127.0.0.1:{port} ssl http2;\n        ssl_certificate {certificate};\n"
                     f"        ssl_certificate_key {key};\n        include transload-locations.conf;\n    }}\n", port)
    return f"https://127.0.0.1:{port}"


def line(world: World, browser: Browser, stop: Stop, secure: str) -> str:
    path = stop.path.format(**world.names)
    seen = []
    for site, delays in ((world.sandbox.url, (0, 0)), (world.sandbox.url, (DELAY_MS,)), (secure, (DELAY_MS,))):
        context = new_person(browser, trusts_all=site == secure)
        context.add_cookies(world.pages[stop.viewer].context.cookies())  # type: ignore[arg-type]
        seen += [visit(context, site + path, delay) for delay in delays]
        context.close()
    first, second, slow, slow2 = seen
    return (f"{stop.viewer + ': ' + stop.name:<34} {first.bytes / 1024:>9.1f} {second.bytes / 1024:>7.1f} {first.requests:>8} {slow2.round_trips:>11.1f} {slow.round_trips:>8.1f}"
            f" {max(each.shift for each in seen):>6.3f} {len(first.hosts | second.hosts):>5}")
