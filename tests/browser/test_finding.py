"""Searching in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from sandbox.browser import chromium, new_person
from sandbox.image import make_image
from sandbox.sandbox import Sandbox

from pushing import Pusher


def test_a_search_finds_collections_images_and_labels(sandbox: Sandbox, tmp_path: Path) -> None:
    token = sandbox.user("alice")["token"]
    assert Pusher(sandbox.url, "alice", token, "finding-nemo", "fish").push(b"x").ok
    assert Pusher(sandbox.url, "alice", token, "reef", "coral").push(make_image(tmp_path / "i.sif").read_bytes()).ok
    with chromium() as browser:
        context = new_person(browser)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{sandbox.url}/collections")
        box = page.get_by_role("searchbox", name="Search collections and images")
        box.fill("Nemo")
        box.press("Enter")
        expect(page.get_by_role("table", name="Collections").get_by_role("link", name="finding-nemo")).to_be_visible()
        expect(page.get_by_role("table", name="Images").get_by_role("link", name="finding-nemo/fish:latest")).to_be_visible()
        box.fill("reef deffile.bootstrap")  # of a label
        box.press("Enter")
        row = page.get_by_role("table", name="Images").get_by_role("row").filter(has_text="reef/coral:latest")
        expect(row).to_contain_text("org.label-schema.usage.singularity.deffile.bootstrap: scratch")
        expect(page.get_by_role("table", name="Collections")).to_have_count(0)
        box.fill("no such thing")
        box.press("Enter")
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        page.goto(f"{sandbox.url}/collections?q=nemo")
        expect(page.get_by_role("table", name="Images")).to_be_visible()
        context.close()
        assert not faults, "\n".join(faults)
