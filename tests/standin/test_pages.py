"""The pages of the web app that the registry links to (§4)."""

from __future__ import annotations

import globus_sdk
import pytest
import requests

from standin_harness import LAPTOP, OFFLINE, PAUSED, SHERLOCK, Standin, endpoint_id, image, wait_until, wish


def text_of(standin: Standin, path: str) -> str:
    answer = requests.get(standin.url + path, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def test_the_task_page(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    standin.control("hold")
    source, digest = image(standin)
    task_id = alice.submit_transfer(wish(alice, source, digest, "/~/a.sif"))["task_id"]
    for path in (f"/activity/{task_id}", f"/activity/{task_id}/overview"):
        page = text_of(standin, path)
        assert "<h1>Singularity Registry Transfer</h1>" in page
        assert task_id in page and "ACTIVE" in page and 'http-equiv="refresh"' in page
    standin.control("hold", hold=False)
    wait_until(lambda: "SUCCEEDED" in text_of(standin, f"/activity/{task_id}/overview"))
    assert "refresh" not in text_of(standin, f"/activity/{task_id}/overview")


@pytest.mark.parametrize(("collection", "state", "button"), [
    (OFFLINE, "Globus Connect Personal is not running there", "Start Globus Connect Personal"),
    (PAUSED, "Paused by its owner", "Resume Globus Connect Personal"),
])
def test_what_a_collection_lacks_can_be_mended(
        standin: Standin, alice: globus_sdk.TransferClient, collection: str, state: str,
        button: str) -> None:
    for path in (f"/file-manager/collections/{collection}/overview", f"/activate/{collection}",
                 f"/file-manager?origin_id={collection}"):
        page = text_of(standin, path)
        assert state in page and f"<button>{button}</button>" in page
    answer = requests.post(f"{standin.url}/activate/{collection}", timeout=10)
    assert "Connected" in answer.text and "<button>" not in answer.text
    assert alice.operation_ls(collection)["path"] == "/~/"


def test_names_are_escaped(standin: Standin) -> None:
    page = text_of(standin, f"/file-manager/collections/{endpoint_id(24)}/overview")
    assert "&lt;b&gt;Lab&lt;/b&gt;" in page and "<script>" not in page
    assert "Stanford University" in text_of(standin, f"/activate/{SHERLOCK}")


@pytest.mark.parametrize("path", ["/activity/none", "/activate/none", "/file-manager"])
def test_unknown_things(standin: Standin, path: str) -> None:
    assert requests.get(standin.url + path, timeout=10).status_code == 404


def test_every_page_is_labelled_and_says_what_it_is(standin: Standin) -> None:
    page = text_of(standin, f"/activate/{LAPTOP}")
    assert '<html lang="en">' in page and "<main>" in page
    assert "stand-in for Globus" in page
