"""What one visit of a page costs: bytes over the wire, requests, round trips until it can be used, and how far things jumped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

from tour import settle

# From within the page: when its content stood (what each page marks with aria-busy), and what moved without anybody having done anything.
OBSERVE = """
window.visit = { ready: 0, shift: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) window.visit.shift += e.value; })).observe({ type: 'layout-shift', buffered: true });
new MutationObserver((_, self) => {
  if (!document.querySelector('#content:not([aria-busy])')) return;
  window.visit.ready = performance.now();
  self.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
READ = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const [page] = performance.getEntriesByType('navigation');
  const sheets = performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'link' && e.name.endsWith('.css'));
  done({ ...window.visit, styled: Math.max(page.responseEnd, ...sheets.map((e) => e.responseEnd)) });
})))"""


@dataclass
class Visit:
    """``round_trips`` are those after HTML and CSS; 0 where no delay was asked for."""

    bytes: int = 0
    requests: int = 0
    hosts: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)
    shift: float = 0.0
    round_trips: float = 0.0


def visit(context: BrowserContext, url: str, delay_ms: int = 0) -> Visit:
    """Open the address in a new page of the context, whose cache it uses; each request takes ``delay_ms`` longer."""
    seen = Visit()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.on("Network.requestWillBeSent", lambda event: _sent(seen, event))
    wire.on("Network.loadingFinished", lambda event: _finished(seen, event))
    wire.on("Network.loadingFailed", lambda event: seen.under_way.discard(event["requestId"]))
    wire.send("Network.enable")
    if delay_ms:
        wire.send("Network.emulateNetworkConditions", {"offline": False, "latency": delay_ms, "downloadThroughput": -1, "uploadThroughput": -1})
    page.add_init_script(OBSERVE)
    page.goto(url)
    settle(page)
    while seen.under_way:
        page.wait_for_timeout(10)
    told = page.evaluate(READ)
    page.close()
    seen.shift = told["shift"]
    seen.round_trips = max(0.0, told["ready"] - told["styled"]) / delay_ms if delay_ms else 0.0
    return seen


def _sent(seen: Visit, event: dict[str, Any]) -> None:
    if not event["request"]["url"].startswith("data:"):
        seen.under_way.add(event["requestId"])
        seen.hosts.add(urlsplit(event["request"]["url"]).netloc)


def _finished(seen: Visit, event: dict[str, Any]) -> None:
    seen.under_way.discard(event["requestId"])
    seen.bytes += int(event["encodedDataLength"])
    seen.requests += event["encodedDataLength"] > 0  # what the cache gave was none
