"""The main job as a person does it in the browser: each method is one step through the real pages.

The demo performs it for people, ``tests/browser`` for the tests. Elements are found by what a person (or a screen reader) goes by:
roles, labels, texts. Every method leaves the page where the next step begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


@dataclass
class Row:
    """One endpoint as the table shows it."""

    name: str
    label: str
    parts: list[str]


class Walk:
    """One person in one browser page."""

    def __init__(self, page: Page, base_url: str, username: str, screenshots: Path | None = None) -> None:
        self.page = page
        self.base_url = base_url
        self.username = username
        self.screenshots = screenshots
        self.taken = 0

    def picture(self, name: str) -> None:
        """Save what is seen, numbered in the order of the walk."""
        if self.screenshots:
            self.taken += 1
            self.screenshots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.screenshots / f"{self.taken:02}-{name}.png", full_page=True)

    # -- the registry ---------------------------------------------------------------------------

    def sign_in(self, password: str) -> None:
        """Through the login form, to the page it leads to."""
        self.page.goto(f"{self.base_url}/login")
        self.page.get_by_label(re.compile("^user ?name$", re.I)).fill(self.username)
        self.page.get_by_label(re.compile("^password$", re.I)).fill(password)
        self.picture("login")
        self.page.get_by_role("button", name=re.compile("^(sign|log) in$", re.I)).click()
        expect(self.menu()).to_be_visible()

    def menu(self) -> Locator:
        """The user menu, named after the user."""
        return self.page.get_by_role("banner").get_by_role("button", name=self.username, exact=True)

    def open_collection(self, name: str) -> None:
        """From the list of collections to one of them."""
        self.page.goto(f"{self.base_url}/collections")
        self.page.get_by_role("link", name=name, exact=True).first.click()
        expect(self.page.get_by_role("heading", name=re.compile(re.escape(name))).first).to_be_visible()

    def container_row(self, uri: str) -> Locator:
        """The row of an image on its collection's page."""
        return self.page.get_by_role("table", name="Containers").get_by_role("row").filter(has_text=uri)

    def open_integrations(self) -> None:
        """User menu, Settings, tab Integrations."""
        self.menu().click()
        self.page.get_by_role("banner").get_by_role("link", name="Settings", exact=True).click()
        self.page.get_by_role("link", name="Integrations", exact=True).click()
        expect(self.page).to_have_url(re.compile("/settings/integrations$"))

    # -- Globus ---------------------------------------------------------------------------------

    def connect_globus(self, identity: str) -> None:
        """Connect Globus, choose an identity at Globus, come back to the endpoints page."""
        self.page.get_by_role("button", name="Connect Globus", exact=True).click()
        self.page.get_by_role("button", name=f"Continue as {identity}").wait_for()
        self.picture("globus-login")
        self.page.get_by_role("button", name=f"Continue as {identity}").click()
        expect(self.page.get_by_role("heading", name=f"{self.username}: endpoints")).to_be_visible()

    def region(self, name: str) -> Locator:
        """"My endpoints", "Shared with me" or "Search results"."""
        return self.page.get_by_role("region", name=name, exact=True)

    def rows(self, region: str) -> list[Row]:
        """The endpoints of one list, once it has any."""
        rows = self.region(region).locator("tbody").get_by_role("row")
        rows.first.wait_for()
        return [self._row(row) for row in rows.all()]

    @staticmethod
    def _row(row: Locator) -> Row:
        parts = [part.strip() for part in re.split(r"[\n\t]+", row.inner_text()) if part.strip()]
        name = row.get_by_role("rowheader").locator(".endpoint-name").inner_text()
        return Row(name, "activated" if "activated" in parts else "ACTIVATE", parts)

    def search(self, words: str) -> list[Row]:
        """Type into the box, click Go!, read what was found. The words stay in the box."""
        box = self.page.get_by_label("Search Endpoints")
        box.fill(words)
        self.page.get_by_role("button", name="Go!", exact=True).click()
        found = self.rows("Search results")
        expect(box).to_have_value(words)
        return found

    def choose_image(self, uri: str) -> None:
        """The exchange icon beside an image leads to the endpoints page, with the image named there."""
        self.container_row(uri).get_by_role("link", name="Transfer with Globus").click()
        expect(self.page.get_by_role("heading", name=f"Transfer {uri}")).to_be_visible()

    def transfer_to(self, endpoint: str, region: str = "Search results") -> str:
        """Click Transfer on an activated endpoint and confirm; returns the link of "view task" in the notification."""
        row = self.region(region).get_by_role("row").filter(has_text=endpoint)
        row.get_by_role("button", name="Transfer", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Start transfer").click()
        link = self.page.get_by_role("status").get_by_role("link", name=re.compile("^view task"))
        expect(link.first).to_be_visible()
        return link.first.get_attribute("href") or ""

    def wait_until_done(self, uri: str, endpoint: str, seconds: float = 60) -> None:
        """The page of transfers comes to show the newest one as done, by itself."""
        self.page.goto(f"{self.base_url}/transfers")
        newest = self.page.get_by_role("article", name=f"{uri} to {endpoint}").first
        expect(newest).to_have_attribute("data-state", "done", timeout=seconds * 1000)

    def disconnect_globus(self) -> None:
        """Disconnect Globus ends on Globus's logout page, which offers a way back."""
        self.page.get_by_role("button", name="Disconnect Globus", exact=True).click()
        expect(self.page.get_by_role("heading", name="Logged out of Globus Auth")).to_be_visible()

    def is_connected(self) -> bool:
        """On the Integrations tab: is there something to disconnect?"""
        connect = self.page.get_by_role("button", name="Connect Globus", exact=True)
        disconnect = self.page.get_by_role("button", name="Disconnect Globus", exact=True)
        expect(connect.or_(disconnect).first).to_be_visible()
        return disconnect.first.is_visible()

    def go_back_from_globus(self) -> None:
        """The link on Globus's logout page returns to the registry."""
        self.page.get_by_role("link", name=re.compile("^Continue to")).click()
        expect(self.page).to_have_url(re.compile("^" + re.escape(self.base_url)))
