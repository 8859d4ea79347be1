"""The control API: failures on demand, the log, and the switches (the package's README)."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from standin_harness import (
    ALICE, BOB, BOBS, CALLBACK, LAPTOP, SHERLOCK, SOURCE, TRANSFER_ALL, Standin, endpoint_id,
    follow_to_callback, launch, login, transfer_client, transfer_token,
)


def get_laptop(standin: Standin, token: str, session: Any = requests) -> requests.Response:
    return session.get(f"{standin.url}/v0.10/endpoint/{LAPTOP}", timeout=10,
                       headers={"Authorization": f"Bearer {token}"})


def mkdir(standin: Standin, token: str) -> requests.Response:
    return requests.post(f"{standin.url}/v0.10/operation/endpoint/{LAPTOP}/mkdir", timeout=10,
                         json={"DATA_TYPE": "mkdir", "path": "/~/new/"},
                         headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token(standin: Standin) -> str:
    return transfer_token(login(standin))


@pytest.fixture
def new_directory(standin: Standin) -> Path:
    return standin.root_of(LAPTOP) / "home/alice/new"


def test_a_canned_answer_instead_of_the_call(
        standin: Standin, token: str, new_directory: Path) -> None:
    standin.control("fail", call="mkdir", status=503, body={"code": "ServiceUnavailable"},
                    headers={"Retry-After": "7"})
    answer = mkdir(standin, token)
    assert (answer.status_code, answer.json()) == (503, {"code": "ServiceUnavailable"})
    assert answer.headers["Retry-After"] == "7"
    assert not new_directory.exists()
    assert mkdir(standin, token).status_code == 202


@pytest.mark.parametrize(("body", "content_type"), [
    ("<html>oops</html>", "text/html; charset=utf-8"), ("Uh-oh!", "text/plain; charset=utf-8"),
    ({"a": [1]}, "application/json"), ("x" * 10_000_000, "text/plain; charset=utf-8"),
], ids=["html", "text", "json", "ten megabytes"])
def test_bodies_of_every_kind(standin: Standin, token: str, body: Any, content_type: str) -> None:
    standin.control("fail", call="get endpoint", status=502, body=body)
    answer = get_laptop(standin, token)
    assert answer.headers["Content-Type"] == content_type
    assert answer.text == (body if isinstance(body, str) else json.dumps(body))


def test_a_lost_answer_after_the_call_was_carried_out(
        standin: Standin, token: str, new_directory: Path) -> None:
    standin.control("fail", call="mkdir", after="accept")
    with pytest.raises(requests.ConnectionError):
        mkdir(standin, token)
    assert new_directory.exists()
    assert standin.calls("mkdir")[0]["status"] == 202


def test_a_reset_before_the_call(standin: Standin, token: str, new_directory: Path) -> None:
    standin.control("fail", call="mkdir", reset=True)
    with pytest.raises(requests.ConnectionError) as caught:
        mkdir(standin, token)
    assert "reset" in str(caught.value)
    assert not new_directory.exists()


def test_an_error_although_the_call_was_carried_out(
        standin: Standin, token: str, new_directory: Path) -> None:
    standin.control("fail", call="mkdir", after="reply", status=500)
    assert mkdir(standin, token).status_code == 500
    assert new_directory.exists()


def test_a_body_cut_short(standin: Standin, token: str) -> None:
    standin.control("fail", call="get endpoint", truncate=20)
    host = urlsplit(standin.url)
    with socket.create_connection((host.hostname, host.port)) as connection:
        connection.sendall(f"GET /v0.10/endpoint/{LAPTOP} HTTP/1.1\r\nHost: x\r\n"
                           f"Authorization: Bearer {token}\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert len(body) == 20
    assert b"Content-Length: 20\r\n" not in head


def test_a_late_answer(standin: Standin, token: str, new_directory: Path) -> None:
    standin.control("fail", call="mkdir", delay_s=30)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{standin.url}/v0.10/operation/endpoint/{LAPTOP}/mkdir", timeout=0.2,
                      json={"DATA_TYPE": "mkdir", "path": "/~/new/"},
                      headers={"Authorization": f"Bearer {token}"})
    assert new_directory.exists()
    assert get_laptop(standin, token).status_code == 200


def test_garbage(standin: Standin, token: str) -> None:
    standin.control("fail", call="get endpoint", sample="garbage")
    answer = get_laptop(standin, token)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_how_often_and_until_taken_back(standin: Standin, token: str) -> None:
    def statuses(count: int) -> list[int]:
        return [get_laptop(standin, token).status_code for _ in range(count)]

    standin.control("fail", call="get endpoint", times=2, status=500)
    assert statuses(3) == [500, 500, 200]
    standin.control("fail", call="get endpoint", times=-1, sample="authentication_failed")
    assert statuses(5) == [401] * 5
    standin.control("fail", call="get endpoint", times=0)
    assert statuses(1) == [200]
    standin.control("fail", call="get endpoint", status=500)
    standin.control("fail", call="get endpoint", status=502)
    assert statuses(3) == [500, 502, 200]


def test_wildcards_and_combined_rows(standin: Standin, token: str) -> None:
    standin.control("fail", call="any Transfer call", status=500)
    assert requests.get(f"{standin.url}/jwk.json", timeout=10).status_code == 200
    assert get_laptop(standin, token).status_code == 500
    standin.control("fail", call="any Auth call", status=500)
    assert requests.get(f"{standin.url}/jwk.json", timeout=10).status_code == 500
    fault = standin.control("fail", call="openid-configuration, jwk.json", status=503)
    assert fault["calls"] == ["openid-configuration", "jwk.json"]
    fault = standin.control("fail", call="access list/create/delete", status=503)
    assert fault["calls"] == ["access list", "access create", "access delete"]


CONTRACT_ROWS = [
    "authorize", "token: authorization_code", "token: refresh_token", "token: client_credentials",
    "revoke", "introspect", "userinfo", "openid-configuration, jwk.json", "identities", "consents",
    "endpoint_search", "get endpoint", "ls", "stat", "mkdir", "rename", "submission_id", "submit",
    "submit delete",    "task get", "task_list", "cancel", "event_list", "successful_transfers, skipped_errors",
    "pause_info", "access list/create/delete", "role list/create", "create GCP mapped", "create guest",
    "subscription", "update endpoint", "any Transfer call",
]


@pytest.mark.parametrize("call", CONTRACT_ROWS)
def test_every_row_of_the_contract_has_its_switch(standin: Standin, call: str) -> None:
    assert standin.control("fail", call=call, status=500)["times"] == 1


def test_every_sample_is_an_error_of_its_own(standin: Standin, token: str) -> None:
    bad = requests.post(f"{standin.url}/control/fail", json={"call": "ls", "sample": "?"}, timeout=10)
    seen = set()
    for sample in bad.json()["known"]:
        standin.control("fail", call="get endpoint", sample=sample)
        answer = get_laptop(standin, token)
        assert answer.status_code >= 400 or sample == "garbage"
        seen.add((answer.status_code, answer.content.replace(b" ", b"")))
    assert len(seen) == len(bad.json()["known"])


@pytest.mark.parametrize(("name", "body"), [
    ("fail", {"call": "no such call"}), ("fail", {"call": "ls", "tiems": 2}),
    ("fail", {"call": "ls", "after": "never"}), ("fail", {}), ("auto", {"identity": "nobody"}),
    ("auto", {"who": ALICE}), ("speed", {"bps": 1}), ("task", {"task_id": "none"}),
    ("settings", {"colour": "red"}), ("tokens/expire", {"kind": "id"}), ("hold", {"held": True}),
], ids=str)
def test_a_misspelled_switch_does_not_look_as_if_it_worked(
        standin: Standin, name: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{standin.url}/control/{name}", json=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_connections_are_kept_and_numbered(standin: Standin, token: str) -> None:
    with requests.Session() as session:
        for _ in range(3):
            get_laptop(standin, token, session)
    get_laptop(standin, token)
    numbers = [entry["connection"] for entry in standin.calls("get endpoint")]
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]


def test_the_log_shows_what_was_sent(standin: Standin, token: str) -> None:
    mkdir(standin, token)
    entry = standin.calls("mkdir")[0]
    assert (entry["method"], entry["identity"], entry["status"]) == ("POST", ALICE, 202)
    assert json.loads(entry["body"])["path"] == "/~/new/"
    assert entry["headers"]["authorization"] == f"Bearer {token}"
    assert entry["path"].endswith("/mkdir") and entry["fault"] is False
    requests.get(f"{standin.url}/nowhere", timeout=10)
    assert standin.calls("unknown")[0]["path"] == "/nowhere"


def test_tokens_of_one_identity_expire(standin: Standin) -> None:
    alice, bob = transfer_token(login(standin)), transfer_token(login(standin, BOB))
    assert standin.control("tokens/expire", identity="alice@uni.example", kind="access")["expired"] == 2
    assert get_laptop(standin, alice).status_code == 401
    assert transfer_client(bob).get_endpoint(BOBS)["id"] == BOBS
    standin.control("tokens/expire", kind="access")
    assert get_laptop(standin, bob).status_code == 401


def test_endpoints_are_changed_and_added(standin: Standin, token: str) -> None:
    client = transfer_client(token)
    standin.control("endpoint", id=LAPTOP, high_assurance=True, display_name="New name")
    document = client.get_endpoint(LAPTOP)
    assert (document["high_assurance"], document["display_name"]) == (True, "New name")
    added = endpoint_id(99)
    standin.control("endpoint", id=added, entity_type="GCSv5_guest_collection", owner_id=BOB,
                    display_name="Added", tree={"/a/b.txt": "text"},
                    rules=[{"principal_type": "identity", "principal": ALICE, "path": "/",
                            "permissions": "rw"}])
    assert [f["name"] for f in client.operation_ls(added, path="/a/")] == ["b.txt"]
    standin.control("reset")
    assert added not in {e["id"] for e in standin.look("world")["endpoints"]}


def test_a_reset_forgets_everything_and_restores_the_files(standin: Standin, token: str) -> None:
    image = standin.images / "kept.sif"
    image.write_bytes(b"kept")
    mkdir(standin, token)
    standin.control("endpoint", id=LAPTOP, gcp_connected=False)
    standin.control("auto", identity=ALICE)
    standin.control("fail", call="any Transfer call", times=-1, status=500)
    standin.control("reset")
    assert standin.look("log")["entries"] == []
    assert get_laptop(standin, token).status_code == 401
    client = transfer_client(transfer_token(login(standin)))
    assert client.get_endpoint(LAPTOP)["gcp_connected"] is True
    assert "new" not in {f["name"] for f in client.operation_ls(LAPTOP)}
    assert image.read_bytes() == b"kept"


def test_the_world_names_what_outside_tools_need(standin: Standin) -> None:
    world = standin.look("world")
    assert (world["url"], world["control_url"]) == (standin.url, f"{standin.url}/control")
    assert {"id": ALICE, "username": "alice@uni.example"}.items() <= world["identities"][0].items()
    source = next(e for e in world["endpoints"] if e["id"] == SOURCE)
    assert (source["root"], source["owner"]) == (str(standin.images), "carol@uni.example")
    assert CALLBACK in world["redirect_uris"]


def test_a_request_without_a_length_is_refused(standin: Standin) -> None:
    answer = requests.post(f"{standin.url}/v2/oauth2/token", data=iter([b"grant_type=x"]), timeout=10)
    assert answer.status_code == 411


def test_a_configuration_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "standin.json"
    extra = endpoint_id(77)
    config.write_text(json.dumps({
        "client_id": "d0000000-0000-4000-8000-000000000001", "client_secret": "other",
        "redirect_uris": ["https://registry.example/globus/login/"], "source_id": endpoint_id(42),
        "identities": [{"id": BOB, "name": "Robert"}],
        "endpoints": [{"id": extra, "entity_type": "GCP_mapped_collection", "owner_id": BOB,
                       "display_name": "From a file"}, {"id": SHERLOCK, "display_name": "Renamed"}]}))
    standin = launch(tmp_path, "--config", str(config), "--base-url", "http://globus.example/")
    try:
        world = standin.look("world")
        names = {e["id"]: e["display_name"] for e in world["endpoints"]}
        assert (names[extra], names[SHERLOCK]) == ("From a file", "Renamed")
        assert names[endpoint_id(42)] == "Singularity Registry images"
        assert next(i for i in world["identities"] if i["id"] == BOB)["name"] == "Robert"
        assert "https://registry.example/globus/login/" in world["redirect_uris"]
        assert world["url"] == "http://globus.example"
        monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", standin.url + "/")
        answer = requests.post(f"{standin.url}/v2/oauth2/token", timeout=10,
                               auth=("d0000000-0000-4000-8000-000000000001", "other"),
                               data={"grant_type": "client_credentials", "scope": TRANSFER_ALL})
        assert answer.status_code == 200
    finally:
        standin.stop()


def test_it_stops_when_told_to(tmp_path: Path) -> None:
    standin = launch(tmp_path)
    standin.stop()
    assert standin.process.returncode == 0


def test_an_authorize_failure_can_be_asked_for(standin: Standin) -> None:
    standin.control("auto", identity=ALICE)
    standin.control("fail", call="authorize", status=503, body="<h1>Down</h1>")
    client = standin.auth_client()
    client.oauth2_start_flow(CALLBACK, [TRANSFER_ALL])
    url = client.oauth2_get_authorize_url()
    assert requests.get(url, allow_redirects=False, timeout=10).status_code == 503
    assert follow_to_callback(url)["code"]
