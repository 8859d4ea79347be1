"""Headless Chromium, as Debian ships it, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

PROGRAM = "/usr/bin/chromium"
# No sandbox because root runs it; the others keep it from calling its maker's servers, which a closed network refuses one by one.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
WAIT_MS = 15_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser with an empty profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_person(browser: Browser, trusts_all: bool = False) -> BrowserContext:
    """A context without cookies: somebody who was never here. Waits are bounded. Who trusts all takes certificates of the tests' own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US", timezone_id="UTC", ignore_https_errors=trusts_all)
    context.set_default_timeout(WAIT_MS)
    return context
