"""Pictures beside the numbers: they show what the numbers say, and say it in words too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from sandbox.browser import chromium, new_person
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from pushing import Pusher
from wishes import CONTENT, container_id

TRANSFER = ("insert into transfers (user_id, container_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, bytes_total, task_id,"
            " bytes_transferred, bytes_per_second, finished_at, next_check_at) select id, %(image)s, 'a/b:c', sha256('x'), '/1/x.sif', gen_random_uuid(), %(name)s,"
            " %(path)s, %(state)s, '-', 1048576, gen_random_uuid(), 0, 1000000, now() - %(days)s * interval '1 day',"
            " now() + interval '1 day' from users where username = 'alice' returning id::text")


@pytest.fixture(scope="module")
def page(sandbox: Sandbox) -> Iterator[Page]:
    with chromium() as browser:
        page = new_person(browser).new_page()
        Walk(page, sandbox.url, "alice").sign_in(sandbox.user("alice")["password"])
        yield page


@pytest.fixture
def transfers(db: psycopg.Connection) -> Iterator[Callable[..., str]]:
    """Make one that ended so many days ago; without days it is open, and no agent touches it."""
    db.execute("delete from transfers")

    def make(n: int, state: str = "done", days: int | None = 0, image: int | None = None) -> str:
        return db.execute(TRANSFER, {"name": f"Cluster {n}", "path": f"/c/{n}.sif", "state": state, "days": days, "image": image}).fetchone()[0]

    yield make
    db.execute("delete from transfers")


def test_the_days_are_drawn_and_told(page: Page, sandbox: Sandbox, transfers: Callable[..., str]) -> None:
    page.goto(f"{sandbox.url}/transfers")
    expect(page.get_by_role("heading", name="No transfers yet")).to_be_visible()
    for n, days in enumerate((3, 3, 29, 31)):
        transfers(n, days=days)
    transfers(4, "failed")
    page.reload()
    sentence = "In the last 30 days: 3 transfers done, 3.0 MiB; 1 failed."
    expect(page.get_by_role("figure")).to_contain_text(sentence)
    chart = page.get_by_role("img", name=sentence)
    heights = chart.locator("rect.chart-good").evaluate_all("all => all.map(r => Number(r.getAttribute('height')))")
    assert {i: height for i, height in enumerate(heights) if height} == {0: 50, 26: 100} and len(heights) == 30
    assert chart.locator("rect.chart-bad").nth(29).get_attribute("height") == "50"


def test_the_speed_is_drawn_once_there_are_a_few_moments(page: Page, sandbox: Sandbox, transfers: Callable[..., str]) -> None:
    running = transfers(1, "running", None)
    speeds = iter([1_000_000, 4_000_000, *[2_000_000] * 100])

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "bytes_per_second": next(speeds)})

    page.route(f"**/api/transfers/{running}", answer)
    page.goto(f"{sandbox.url}/transfers/{running}")
    expect(page.get_by_role("img", name="Speed while this page is open: 977 KiB/s to 3.8 MiB/s.")).to_be_visible(timeout=20_000)
    page.unroute_all(behavior="ignoreErrors")


def test_an_image_says_where_it_was_sent(page: Page, sandbox: Sandbox, transfers: Callable[..., str], pusher: Callable[..., Pusher], db: psycopg.Connection) -> None:
    image, other = pusher(), pusher()
    assert image.push(CONTENT).ok and other.push(CONTENT + b"2").ok
    for n in range(7):
        transfers(n, image=container_id(db, image))
    page.goto(f"{sandbox.url}/containers/{container_id(db, image)}")
    rows = page.get_by_role("table", name="Where you sent it").get_by_role("row")
    expect(rows).to_have_count(6)
    expect(rows.nth(1)).to_contain_text("Done")
    expect(page.get_by_role("link", name="All transfers")).to_be_visible()
    page.goto(f"{sandbox.url}/containers/{container_id(db, other)}")
    expect(page.get_by_role("heading", name="Pull", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Where you sent it")).to_have_count(0)


def test_storage_is_a_map_of_areas(page: Page, sandbox: Sandbox) -> None:
    used = [800, 400, 200, 100, 100, 0]
    collections = [{"id": n, "name": f"genomics-{n}", "limit": 0, "used": mib * 2**20} for n, mib in enumerate(used)]
    page.route("**/api/me/usage", lambda route: route.fulfill(json={"storage": {"limit": 0, "used": 1, "reserved": 0}, "collections": collections,
                                                                    "downloads": {"limit": 0, "used": 0, "remaining": 0, "resets_at": None}}))
    page.goto(f"{sandbox.url}/settings/collections")
    areas = page.get_by_role("list", name="Storage by collection").get_by_role("listitem")
    expect(areas).to_have_count(5)
    whole = page.get_by_role("list", name="Storage by collection").bounding_box()
    for area, mib in zip(areas.all(), used):
        box = area.bounding_box()
        assert abs(box["width"] * box["height"] / (whole["width"] * whole["height"]) - mib / sum(used)) < 0.01
    expect(areas.first.get_by_role("link")).to_have_text("genomics-0 800 MiB")
    page.unroute_all(behavior="ignoreErrors")
