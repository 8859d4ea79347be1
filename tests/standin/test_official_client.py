"""The stand-in held to the official client: if it notices nothing, neither does the registry (§5)."""

from __future__ import annotations

import hashlib

import globus_sdk
import pytest
from globus_sdk import gare

from standin_harness import (
    ALICE, CALLBACK, LAPTOP, NERO, OFFLINE, SECURE, SHERLOCK, STANFORD_GUEST, TRANSFER_ALL, Standin,
    follow_to_callback, image, login, pkce_challenge, transfer_client, transfer_token, wish,
)


def test_login_gives_tokens_for_both_services_and_a_valid_id_token(standin: Standin) -> None:
    tokens = login(standin, nonce="n-0S6")
    assert set(tokens.by_resource_server) == {"auth.globus.org", "transfer.api.globus.org"}
    assert tokens.by_resource_server["transfer.api.globus.org"]["refresh_token"]
    claims = tokens.decode_id_token()
    assert claims["sub"] == ALICE
    assert claims["preferred_username"] == "alice@uni.example"
    assert claims["email"] == "alice@uni.example"
    assert claims["nonce"] == "n-0S6"
    assert claims["iss"] == standin.url


def test_refresh_twice(standin: Standin) -> None:
    tokens = login(standin).by_resource_server["transfer.api.globus.org"]
    authorizer = globus_sdk.RefreshTokenAuthorizer(tokens["refresh_token"], standin.auth_client())
    client = globus_sdk.TransferClient(authorizer=authorizer)
    for _ in range(2):
        standin.control("tokens/expire", identity=ALICE, kind="access")
        assert client.get_endpoint(LAPTOP)["display_name"] == "Alice's laptop"
    assert len(standin.calls("token: refresh_token")) == 3


def test_search_pages_through_everything(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    for number in range(250):
        standin.control("endpoint", id=f"f0000000-0000-4000-8000-{number:012d}",
                        display_name=f"Paging cluster {number:03d}")
    found = list(alice.paginated.endpoint_search("paging clus").items())
    assert len({item["id"] for item in found}) == 250
    assert len(standin.calls("endpoint_search")) == 3


def test_ls(alice: globus_sdk.TransferClient) -> None:
    listing = alice.operation_ls(LAPTOP, path="/~/odd names/")
    assert listing["path"] == "/~/odd names/"
    assert {"with space.txt", "-rf", "100%.txt", "<b>tag&amp; & more.txt"} <= {f["name"] for f in listing}
    assert [f["name"] for f in alice.operation_ls(LAPTOP, show_hidden=False)] == [
        "Documents", "containers", "odd names"]


def test_transfer_twice_is_one_task_and_the_bytes_arrive(
        standin: Standin, alice: globus_sdk.TransferClient) -> None:
    source, digest = image(standin)
    data = wish(alice, source, digest, "/~/new folder/avocados.sif")
    first, second = alice.submit_transfer(data), alice.submit_transfer(data)
    assert (first["code"], second["code"]) == ("Accepted", "Duplicate")
    assert first["task_id"] == second["task_id"]
    assert alice.task_wait(first["task_id"], timeout=10, polling_interval=1)
    task = alice.get_task(first["task_id"])
    assert (task["status"], task["files_transferred"], task["bytes_transferred"]) == (
        "SUCCEEDED", 1, 10000)
    copy = standin.root_of(LAPTOP) / "home/alice/new folder/avocados.sif"
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == digest


def test_cancel(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    standin.control("hold", after_bytes=100)
    source, digest = image(standin)
    task_id = alice.submit_transfer(wish(alice, source, digest, "/~/a.sif"))["task_id"]
    assert alice.cancel_task(task_id)["code"] == "Canceled"
    assert alice.get_task(task_id)["status"] == "FAILED"
    events = list(alice.task_event_list(task_id))
    assert events[0]["code"] == "CANCELED"


def test_consent_demand_is_understood_and_met(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    """Sample A, from an endpoint that really lacks the consent."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(SHERLOCK)
    demand = gare.to_gare(caught.value)
    assert caught.value.http_status == 403
    assert demand and demand.authorization_parameters.required_scopes
    tokens = login(standin, scopes=["openid", "profile", "email",
                                    *demand.authorization_parameters.required_scopes])
    assert transfer_client(transfer_token(tokens)).operation_ls(SHERLOCK)["path"] == "/~/"


def test_policy_demand_is_understood_and_met(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    """Sample B."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(SECURE)
    demand = gare.to_gare(caught.value)
    assert caught.value.http_status == 403
    assert demand and demand.authorization_parameters.session_required_policies
    tokens = login(standin, session_required_policies=",".join(
        demand.authorization_parameters.session_required_policies))
    assert transfer_client(transfer_token(tokens)).operation_ls(SECURE)["length"] == 1


def test_session_demand_inside_a_502_is_understood_and_met(
        standin: Standin, alice: globus_sdk.TransferClient) -> None:
    """Sample C."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(NERO)
    demand = gare.to_gare(caught.value)
    assert caught.value.http_status == 502
    assert demand and demand.authorization_parameters.session_required_single_domain == ["hpc.example"]
    assert len(standin.calls("ls")) == 1
    tokens = login(standin, session_required_single_domain="hpc.example")
    assert transfer_client(transfer_token(tokens)).operation_ls(NERO)["path"] == "/~/"


@pytest.mark.parametrize("sample", ["consent_required", "policy_failed", "login_failed"])
def test_demands_on_demand(standin: Standin, alice: globus_sdk.TransferClient, sample: str) -> None:
    standin.control("fail", call="ls", sample=sample)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(LAPTOP)
    assert gare.to_gare(caught.value)
    assert alice.operation_ls(LAPTOP)["length"] > 0


def test_an_offline_laptop_asks_for_nothing_and_is_not_retried(
        standin: Standin, alice: globus_sdk.TransferClient) -> None:
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(OFFLINE)
    assert caught.value.code == "ExternalError.DirListingFailed.GCDisconnected"
    assert gare.to_gare(caught.value) is None
    assert len(standin.calls("ls")) == 1


@pytest.mark.parametrize("fault", [
    {"sample": "bad_gateway"}, {"sample": "service_unavailable"}, {"sample": "internal_error"},
    {"sample": "rate_limited"}, {"reset": True}, {"truncate": 10},
], ids=str)
def test_transient_failures_are_retried(
        standin: Standin, alice: globus_sdk.TransferClient, fault: dict) -> None:
    standin.control("fail", call="ls", times=2, **fault)
    assert alice.operation_ls(LAPTOP)["length"] > 0
    assert len(standin.calls("ls")) == 3


def test_retry_after_is_sent_and_obeyed(standin: Standin, alice: globus_sdk.TransferClient) -> None:
    standin.control("fail", call="get endpoint", sample="rate_limited", headers={"Retry-After": "1"})
    assert alice.get_endpoint(LAPTOP)["id"] == LAPTOP
    first, second = standin.calls("get endpoint")
    assert second["time"] - first["time"] >= 1


def test_an_expired_access_token_is_refreshed_once(standin: Standin) -> None:
    tokens = login(standin).by_resource_server["transfer.api.globus.org"]
    authorizer = globus_sdk.RefreshTokenAuthorizer(
        tokens["refresh_token"], standin.auth_client(), access_token=tokens["access_token"],
        expires_at=tokens["expires_at_seconds"])
    client = globus_sdk.TransferClient(authorizer=authorizer)
    standin.control("fail", call="any Transfer call", sample="authentication_failed")
    assert client.get_endpoint(LAPTOP)["id"] == LAPTOP
    assert [e["status"] for e in standin.calls("get endpoint")] == [401, 200]
    assert len(standin.calls("token: refresh_token")) == 1


def test_a_lost_answer_is_found_again_by_the_submission_id(
        standin: Standin, alice: globus_sdk.TransferClient) -> None:
    source, digest = image(standin)
    standin.control("fail", call="submit", after="accept")
    answer = alice.submit_transfer(wish(alice, source, digest, "/~/a.sif"))
    assert answer["code"] == "Duplicate"
    assert len(standin.look("tasks")["tasks"]) == 1


def test_dead_refresh_token(standin: Standin) -> None:
    tokens = login(standin).by_resource_server["transfer.api.globus.org"]
    standin.control("tokens/expire", identity=ALICE, kind="refresh")
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        standin.auth_client().oauth2_refresh_token(tokens["refresh_token"])
    assert caught.value.http_status == 400
    assert caught.value.raw_json == {"error": "invalid_grant"}


def test_disconnect(standin: Standin) -> None:
    client, tokens = standin.auth_client(), login(standin).by_resource_server
    for entry in tokens.values():
        for kind in ("refresh_token", "access_token"):
            assert client.oauth2_revoke_token(entry[kind])["active"] is False
            assert client.oauth2_token_introspect(entry[kind])["active"] is False
    with pytest.raises(globus_sdk.AuthAPIError):
        client.oauth2_refresh_token(tokens["transfer.api.globus.org"]["refresh_token"])


def test_pkce_is_enforced_once_it_was_started(standin: Standin) -> None:
    verifier, client = "v" * 43, standin.auth_client()
    for answer, accepted in (("x" * 43, False), ("", False), (verifier, True)):
        standin.control("auto", identity=ALICE)
        client.oauth2_start_flow(CALLBACK, [TRANSFER_ALL])
        url = client.oauth2_get_authorize_url(query_params={
            "code_challenge": pkce_challenge(verifier), "code_challenge_method": "S256"})
        form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK,
                "code": follow_to_callback(url)["code"], "code_verifier": answer}
        if accepted:
            assert client.oauth2_token(form)["access_token"]
        else:
            with pytest.raises(globus_sdk.AuthAPIError):
                client.oauth2_token(form)


def test_the_stanford_guest_collection_works_at_once(alice: globus_sdk.TransferClient) -> None:
    assert alice.operation_ls(STANFORD_GUEST)["path"] == "/containers/"
    assert alice.operation_mkdir(STANFORD_GUEST, "/containers/new/")["code"] == "DirectoryCreated"
