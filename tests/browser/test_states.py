"""Each state of a transfer as people see it; pictures of the pages stay in var/test-reports/screens."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from sandbox.browser import chromium, new_person
from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.walk import Walk

from world import ALICE

SCREENS = REPOSITORY / "var/test-reports/screens"
WORDS = {"waiting": "Waiting for Globus", "queued": "Queued", "running": "Running", "needs_you": "Needs you", "paused": "Paused", "done": "Done", "failed": "Failed",
         "cancelled": "Cancelled"}
SENTENCES = {
    "waiting": "Waiting for Globus, which does not answer now. The image is sent by itself when it does.",
    "queued": "Accepted by Globus, which starts it by itself. You can close this page.",
    "running": "Globus is copying it.", "needs_you": "Globus needs your consent for this endpoint, once. Press Transfer again to give it.",
    "paused": "The endpoint's administrators have paused it: maintenance until Monday.", "done": "Arrived, and its sha256 is the image's.",
    "failed": "Not sent: the quota at the destination is used up.", "cancelled": "Cancelled before it was sent.",
}


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield new_person(browser).new_page()


@pytest.fixture
def alice(page: Page, sandbox: Sandbox, globus: Control, db: psycopg.Connection) -> Walk:
    db.execute("delete from transfers")
    db.execute("delete from globus_links")
    globus.auto(None)
    walk = Walk(page, sandbox.url, "alice")
    walk.sign_in(sandbox.user("alice")["password"])
    walk.open_integrations()
    walk.connect_globus(ALICE)
    return walk


@pytest.fixture
def one_of_each(sandbox: Sandbox, db: psycopg.Connection, alice: Walk) -> Iterator[None]:
    """A transfer in each state, which no agent looks at."""
    sandbox.processes.stop("agent")
    for n, (state, sentence) in enumerate(SENTENCES.items()):
        is_over, has_task, runs = state in ("done", "failed", "cancelled"), state not in ("waiting", "needs_you", "cancelled"), state == "running"
        db.execute("insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total, bytes_transferred,"
                   " bytes_per_second, faults, task_id, finished_at, created_at, next_check_at) select id, 'tacos/avocados:latest', sha256('x'), '/1/x.sif', gen_random_uuid(),"
                   " 'Stanford Research Computing guest', '/containers/avocados_latest.sif', %s::transfer_state, %s, 62300000, %s, %s, %s, %s::uuid,"
                   " case when %s then now() end, now() - make_interval(mins => %s), now() + interval '1 hour' from users where username = 'alice'",
                   [state, sentence, 62_300_000 if state == "done" else 24_000_000 * runs, 4_100_000 * runs, 2 * runs,
                    f"70000000-0000-4000-8000-00000000000{n}" if has_task else None, is_over, n])
    yield
    db.execute("delete from transfers")
    sandbox.program.start_agent()


def test_each_state_has_its_word_its_sentence_and_its_picture(alice: Walk, one_of_each: None, sandbox: Sandbox) -> None:
    page = alice.page
    page.goto(f"{sandbox.url}/transfers")
    for state, word in WORDS.items():
        article = page.locator(f"article[data-state={state}]")
        expect(article.locator(".badge").last).to_contain_text(word)
        expect(article).to_contain_text(SENTENCES[state])
        expect(article.get_by_role("button", name="Cancel")).to_have_count(0 if state in ("done", "failed", "cancelled") else 1)
    which = page.get_by_role("navigation", name="Which transfers")
    for name, states in {"Done": ["done"], "Failed": ["failed"], "Open": ["waiting", "queued", "running", "needs_you", "paused"]}.items():
        which.get_by_role("link", name=name).click()
        expect(which.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        assert page.locator("article[data-state]").evaluate_all("all => all.map(a => a.dataset.state)") == states
    which.get_by_role("link", name="All").click()
    expect(page.locator("article[data-state]")).to_have_count(len(WORDS))
    SCREENS.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for width in (1280, 320):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENS / f"transfers-{scheme}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
