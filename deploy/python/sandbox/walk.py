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
    text: str


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
        return self.page.locator("header").get_by_text(self.username, exact=True).first

    def open_collection(self, name: str) -> None:
        """From the list of collections to one of them."""
        self.page.goto(f"{self.base_url}/collections")
        self.page.get_by_role("link", name=name, exact=True).first.click()
        expect(self.page.get_by_role("heading", name=re.compile(re.escape(name))).first).to_be_visible()

    def container_row(self, uri: str) -> Locator:
        """The row of an image on its collection's page."""
        return self.page.get_by_role("row").filter(has_text=uri)

    def open_integrations(self) -> None:
        """User menu, Settings, tab Integrations."""
        self.menu().click()
        self.page.get_by_role("link", name="Settings", exact=True).first.click()
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

    def rows(self) -> list[Row]:
        """The endpoints listed, once the table has any and has stopped loading."""
        self.endpoint_rows().first.wait_for()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        return [self._row(row) for row in self.endpoint_rows().all()]

    def endpoint_rows(self) -> Locator:
        return self.page.get_by_role("row").filter(has_text=re.compile(r"activated|ACTIVATE"))

    def endpoint_row(self, name: str) -> Locator:
        return self.endpoint_rows().filter(has_text=name)

    @staticmethod
    def _row(row: Locator) -> Row:
        text = row.inner_text()
        label = "ACTIVATE" if "ACTIVATE" in text else "activated"
        lines = [line.strip() for line in re.split(r"[\n\t]+", text) if line.strip()]
        return Row(lines[0] if lines else "", label, " · ".join(lines))

    def search(self, words: str) -> list[Row]:
        """Type into the box, click Go!, read the rows."""
        box = self.page.get_by_placeholder("Search for…")
        box.fill(words)
        self.page.get_by_role("button", name="Go!", exact=True).click()
        expect(self.endpoint_row(words).first).to_be_visible()
        expect(box).to_have_value(words)
        return self.rows()

    def choose_image(self, uri: str) -> None:
        """The exchange icon beside an image leads to the endpoints page, with the image named there."""
        self.container_row(uri).get_by_label("Transfer with Globus").click()
        expect(self.page.get_by_role("heading", name=re.compile(re.escape(uri))).first).to_be_visible()

    def transfer_to(self, endpoint: str) -> str:
        """Click Transfer on an endpoint; the notification's link to the task at Globus."""
        self.endpoint_row(endpoint).get_by_role("button", name=re.compile("^Transfer")).first.click()
        link = self.page.get_by_role("link", name=re.compile("view task")).first
        expect(link).to_be_visible()
        return link.get_attribute("href") or ""

    def wait_until_done(self, uri: str, seconds: float = 60) -> None:
        """The list of transfers shows the newest one of this image as done, without anybody asking twice."""
        self.page.goto(f"{self.base_url}/transfers")
        row = self.page.get_by_role("row").filter(has_text=uri).first
        expect(row).to_contain_text(re.compile(r"\bdone\b", re.I), timeout=seconds * 1000)

    def disconnect_globus(self) -> None:
        """Disconnect Globus ends on Globus's logout page, which offers a way back."""
        self.page.get_by_role("button", name="Disconnect Globus", exact=True).first.click()
        self._confirm()
        expect(self.page.get_by_role("heading", name="Logged out of Globus Auth")).to_be_visible()

    def _confirm(self) -> None:
        """A dialog that asks once more, where there is one."""
        dialog = self.page.get_by_role("dialog")
        heading = self.page.get_by_role("heading", name="Logged out of Globus Auth")
        expect(dialog.or_(heading).first).to_be_visible()
        if dialog.is_visible():
            dialog.get_by_role("button", name=re.compile("^Disconnect")).click()

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
