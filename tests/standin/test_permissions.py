"""Access rules, roles and the making of collections (§2.8, §2.9, §3.3)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

from standin_harness import (
    ALICE, BOB, BOBS, CAROL, CLIENT_ID, LAPTOP, OFFLINE, SHERLOCK, SOURCE, STANFORD_GUEST,
    TRANSFER_ALL, Standin, launch, login, refusal, transfer_client, transfer_token,
)

Client = globus_sdk.TransferClient


def rule(path: str = "/tacos/", principal: str = ALICE, **changes: Any) -> dict[str, Any]:
    return {"DATA_TYPE": "access", "principal_type": "identity", "principal": principal, "path": path,
            "permissions": "r", **changes}


@pytest.fixture
def application(standin: Standin) -> Client:
    answer = standin.auth_client().oauth2_client_credentials_tokens(TRANSFER_ALL)
    return transfer_client(answer["access_token"])


@pytest.fixture
def bob(standin: Standin) -> Client:
    return transfer_client(transfer_token(login(standin, BOB)))


def test_the_application_manages_rules_of_the_source(application: Client) -> None:
    created = application.add_endpoint_acl_rule(SOURCE, rule())
    assert (created.http_status, created["code"]) == (201, "Created")
    found = application.get_endpoint_acl_rule(SOURCE, created["access_id"])
    assert (found["path"], found["permissions"], found["role_id"]) == ("/tacos/", "r", None)
    assert refusal(application.add_endpoint_acl_rule, SOURCE, rule()) == (409, "Exists")
    updated = application.update_endpoint_acl_rule(SOURCE, created["access_id"], rule(permissions="rw"))
    assert updated["code"] == "Updated"
    assert application.delete_endpoint_acl_rule(SOURCE, created["access_id"])["code"] == "Deleted"
    assert refusal(application.get_endpoint_acl_rule, SOURCE, created["access_id"])[0] == 404


def test_the_list_begins_with_the_rows_that_roles_imply(application: Client) -> None:
    rows = application.endpoint_acl_list(SOURCE)["DATA"]
    assert [(r["id"], r["principal"], r["permissions"], r["role_type"]) for r in rows[:2]] == [
        (None, CAROL, "rw", "administrator"), (None, CLIENT_ID, "rw", "access_manager")]
    assert rows[2]["principal_type"] == "all_authenticated_users"


@pytest.mark.parametrize("changes", [
    {"path": "/tacos"}, {"path": "tacos/"}, {"permissions": "w"}, {"principal_type": "everyone"},
    {"principal": ""}, {"principal_type": "anonymous"}, {"notify_message": "hello"},
], ids=str)
def test_bad_rules(application: Client, changes: dict[str, Any]) -> None:
    assert refusal(application.add_endpoint_acl_rule, SOURCE, rule(**changes)) == (
        400, "ClientError.BadRequest")


def test_only_managers_of_guest_collections_have_a_say(alice: Client) -> None:
    assert refusal(alice.endpoint_acl_list, SOURCE) == (403, "PermissionDenied")
    assert refusal(alice.add_endpoint_acl_rule, STANFORD_GUEST, rule()) == (403, "PermissionDenied")
    assert refusal(alice.endpoint_acl_list, LAPTOP) == (409, "ClientError.Conflict")


def test_a_thousand_rules_are_the_limit(standin: Standin, application: Client) -> None:
    rules = [{"principal_type": "identity", "principal": ALICE, "path": f"/{n}/", "permissions": "r"}
             for n in range(1000)]
    standin.control("endpoint", id=SOURCE, rules=rules)
    assert refusal(application.add_endpoint_acl_rule, SOURCE, rule()) == (409, "LimitExceeded")


def test_per_user_access_to_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a rule for everybody a user reads exactly the directories that a rule names."""
    standin = launch(tmp_path, "--source-access", "per-user")
    try:
        for service in ("AUTH", "TRANSFER"):
            monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{service}", standin.url + "/")
        for name in ("tacos", "burritos"):
            (standin.images / name).mkdir()
        application = transfer_client(
            standin.auth_client().oauth2_client_credentials_tokens(TRANSFER_ALL)["access_token"])
        alice = transfer_client(transfer_token(login(standin)))
        denied = (403, "EndpointPermissionDenied")
        assert refusal(alice.operation_ls, SOURCE, path="/tacos/") == denied
        expires = datetime.fromtimestamp(time.time() + 3600, UTC).isoformat()
        application.add_endpoint_acl_rule(SOURCE, rule(expiration_date=expires))
        assert alice.operation_ls(SOURCE, path="/tacos/")["length"] == 0
        assert refusal(alice.operation_ls, SOURCE, path="/burritos/") == denied
        assert refusal(alice.operation_ls, SOURCE, path="/") == denied
        standin.control("clock", advance_s=7200)
        assert refusal(alice.operation_ls, SOURCE, path="/tacos/") == denied
    finally:
        standin.stop()


def test_roles(standin: Standin, bob: Client) -> None:
    role = {"DATA_TYPE": "role", "principal_type": "identity", "principal": ALICE,
            "role": "access_manager"}
    created = bob.add_endpoint_role(BOBS, role)
    assert [r["id"] for r in bob.endpoint_role_list(BOBS)] == [created["id"]]
    assert bob.get_endpoint_role(BOBS, created["id"])["principal"] == ALICE
    assert bob.delete_endpoint_role(BOBS, created["id"])["code"] == "Deleted"
    assert refusal(bob.add_endpoint_role, BOBS, {**role, "role": "king"})[0] == 400
    alice = transfer_client(transfer_token(login(standin)))
    unsubscribed = refusal(alice.add_endpoint_role, LAPTOP, role)
    assert unsubscribed == (403, "PermissionDenied")


def test_a_collection_is_set_up_without_a_browser(standin: Standin, alice: Client) -> None:
    created = alice.post("/v0.10/endpoint", data={"DATA_TYPE": "endpoint", "is_globus_connect": True,
                                           "display_name": "My registry", "public": False})
    mapped = created["id"]
    assert (created["code"], bool(created["globus_connect_setup_key"])) == ("Created", True)
    assert alice.get_endpoint(mapped)["gcp_connected"] is False
    guest = {"DATA_TYPE": "shared_endpoint", "host_endpoint": mapped, "host_path": "/images/",
             "display_name": "My registry images"}
    assert refusal(alice.create_shared_endpoint, guest) == (403, "PermissionDenied")
    assert alice.put(f"/v0.10/endpoint/{mapped}/subscription",
                     data={"subscription_id": "DEFAULT"})["code"] == "Updated"
    shared = alice.create_shared_endpoint(guest)["id"]
    assert alice.get_endpoint(shared)["entity_type"] == "GCP_guest_collection"
    assert alice.add_endpoint_acl_rule(shared, rule("/", BOB))["code"] == "Created"
    assert alice.update_endpoint(mapped, {"display_name": "Renamed"})["code"] == "Updated"
    assert alice.get_endpoint(mapped)["display_name"] == "Renamed"
    assert alice.delete_endpoint(mapped)["code"] == "Deleted"
    assert refusal(alice.get_endpoint, mapped) == (404, "EndpointDeleted")
    assert refusal(alice.update_endpoint, SHERLOCK, {"display_name": "Mine"})[0] == 403


def test_a_setup_key_is_for_the_owner_only(standin: Standin, alice: Client, bob: Client) -> None:
    standin.control("endpoint", id=OFFLINE, globus_connect_setup_key="secret", public=True)
    assert alice.get_endpoint(OFFLINE)["globus_connect_setup_key"] == "secret"
    assert bob.get_endpoint(OFFLINE)["globus_connect_setup_key"] is None
