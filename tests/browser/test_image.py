"""The page of one image in a real browser: what the image says of itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sandbox.browser import chromium, new_person
from sandbox.image import make_image
from sandbox.sandbox import Sandbox

from pushing import Pusher

KEY = "433FE984155206BD962725E20E8713472A879943"


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        context = new_person(browser)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        context.close()
        assert not faults, "\n".join(faults)


def push(sandbox: Sandbox, name: str, content: bytes) -> int:
    p = Pusher(sandbox.url, "alice", sandbox.user("alice")["token"], "facts", name)
    assert p.push(content).ok
    return p.session.get(f"{sandbox.url}/api/container/{p.uri}", timeout=60).json()["id"]


def signed_image(directory: Path) -> bytes:
    path = make_image(directory / "image.sif")
    (directory / "labels.json").write_text(json.dumps({"data": {"attributes": {"labels": {"Author": "<b>vs</b>"}}}}))
    for options in (["labels.json", "--datatype", "6", "--filename", "inspect-metadata.json"],
                    ["labels.json", "--datatype", "5", "--signentity", KEY, "--signhash", "1"]):
        subprocess.run(["siftool", "add", str(path), str(directory / options[0]), *options[1:]], check=True)
    return path.read_bytes()


def test_the_page_tells_what_the_image_says_of_itself(page: Page, sandbox: Sandbox, tmp_path: Path) -> None:
    page.goto(f"{sandbox.url}/containers/{push(sandbox, 'whole', signed_image(tmp_path))}")
    facts = page.get_by_label("Facts")
    for text in ("SIF", "amd64", "1 signature present, not checked here", KEY):
        expect(facts.get_by_text(text, exact=text == "SIF")).to_be_visible()
    expect(facts).not_to_contain_text("verified")
    expect(page.get_by_role("table", name="Labels").get_by_role("row").filter(has_text="Author")).to_contain_text("<b>vs</b>")
    definition = page.get_by_role("region", name="How it was built")
    expect(definition).to_contain_text("Bootstrap: scratch")
    expect(definition.locator(".def-key").first).to_have_text("Bootstrap")
    expect(page.get_by_role("table", name="Contents of the file")).to_contain_text("squashfs, primary system, amd64")
    page.get_by_role("link", name="As plain text").click()
    expect(page.get_by_text("Bootstrap: scratch")).to_be_visible()


def test_the_page_says_what_is_no_sif(page: Page, sandbox: Sandbox, tmp_path: Path) -> None:
    page.goto(f"{sandbox.url}/containers/{push(sandbox, 'squash', b'hsqs' + bytes(100))}")
    expect(page.get_by_label("Facts").get_by_text("squashfs file system, not SIF")).to_be_visible()
    expect(page.get_by_label("Facts").get_by_text("Signatures")).to_have_count(0)
    page.goto(f"{sandbox.url}/containers/{push(sandbox, 'cut', make_image(tmp_path / 'i.sif').read_bytes()[:-4096])}")
    expect(page.get_by_text("This file begins as a SIF image, but one of its objects lies outside the file")).to_be_visible()
