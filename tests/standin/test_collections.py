"""Search, endpoint documents and file operations (§2.2 to §2.4)."""

from __future__ import annotations

from typing import Any

import globus_sdk
import pytest
import requests

from standin_harness import (
    ALICE, BOB, BOB_SHARED, BOBS, DTN, LAPTOP, OAK, OFFLINE, PAUSED, REFERENCE, SECURE, SHERLOCK,
    SOURCE, STANFORD_GUEST, TRANSFER_ALL, ZURICH, Standin, endpoint_id, login, refusal, transfer_client,
    transfer_token,
)

Client = globus_sdk.TransferClient

# Appendix A, key for key.
DOCUMENT_KEYS = set("""
DATA_TYPE DATA id display_name name canonical_name username entity_type organization department keywords
description contact_email contact_info info_link user_message user_message_link owner_id owner_string
public subscription_id subscription_admin_verified french_english_bilingual default_directory
force_encryption force_verify disable_verify disable_anonymous_writes mfa_required high_assurance
authentication_timeout_mins authentication_assurance_timeout authentication_policy_id
acl_max_expiration_period_mins restrict_transfers_to_high_assurance my_effective_roles acl_available
acl_editable shareable in_use is_globus_connect gcp_connected gcp_paused globus_connect_setup_key
host_endpoint host_endpoint_id host_endpoint_display_name host_path mapped_collection_id
mapped_collection_display_name non_functional non_functional_endpoint_id
non_functional_endpoint_display_name gcs_version gcs_manager_url https_server tlsftp_server network_use
location max_concurrency preferred_concurrency max_parallelism preferred_parallelism last_accessed_time
auto_delete_timeout skip_auto_delete associated_flow_policy guest_collection_activity_notification_policy
preserve_modtime requester_pays storage_type local_user_info_available activated expire_time expires_in
myproxy_server myproxy_dn oauth_server s3_url s3_owner_activated sharing_target_endpoint
sharing_target_root_path
""".split())


def ids(client: Client, text: str = "", **filters: Any) -> set[str]:
    return {item["id"] for item in client.endpoint_search(text or globus_sdk.MISSING, **filters)}


@pytest.fixture
def bob(standin: Standin) -> Client:
    return transfer_client(transfer_token(login(standin, BOB)))


def test_every_document_has_the_full_set_of_keys(standin: Standin, alice: Client) -> None:
    kinds = set()
    for entry in standin.look("world")["endpoints"]:
        document = alice.get_endpoint(entry["id"]).data
        assert set(document) == DOCUMENT_KEYS
        assert document["activated"] is False
        kinds.add(document["entity_type"])
    assert kinds == {"GCP_mapped_collection", "GCP_guest_collection", "GCSv5_endpoint",
                     "GCSv5_mapped_collection", "GCSv5_guest_collection", "GCSv4_host", "GCSv4_share"}


def test_documents_differ_by_type_and_by_viewer(alice: Client, bob: Client) -> None:
    laptop = alice.get_endpoint(LAPTOP).data
    assert laptop["is_globus_connect"] and laptop["gcp_connected"] and laptop["gcs_version"] is None
    assert laptop["my_effective_roles"][0] == "administrator"
    assert laptop["DATA"][0]["hostname"] is None
    assert bob.get_endpoint(BOBS)["my_effective_roles"]
    guest = alice.get_endpoint(STANFORD_GUEST).data
    assert guest["my_effective_roles"] == [] and guest["gcp_connected"] is None
    assert guest["mapped_collection_id"] == guest["host_endpoint_id"] == SHERLOCK
    assert alice.get_endpoint(DTN)["non_functional"] is True
    assert alice.get_endpoint(SHERLOCK)["owner_id"] == DTN
    assert alice.get_endpoint(endpoint_id(27))["display_name"] is None
    assert set(alice.get_endpoint(LAPTOP, query_params={"fields": "id,public"}).data) == {
        "DATA_TYPE", "id", "public"}


def test_hidden_deleted_and_unknown_endpoints(standin: Standin, alice: Client, bob: Client) -> None:
    assert refusal(bob.get_endpoint, LAPTOP) == (404, "EndpointNotFound")
    assert refusal(alice.get_endpoint, "f" * 8) == (404, "EndpointNotFound")
    standin.control("endpoint", id=LAPTOP, deleted=True)
    assert refusal(alice.get_endpoint, LAPTOP) == (404, "EndpointDeleted")


def test_search_matches_every_term_as_a_prefix_in_any_order(alice: Client) -> None:
    assert SHERLOCK in ids(alice, "sherl stanf")
    assert OAK not in ids(alice, "sherl stanf")
    assert {SHERLOCK, OAK, STANFORD_GUEST} <= ids(alice, "Stanford")
    assert ids(alice, "the of") == set()
    assert ids(alice, "科学") == {ZURICH}
    assert LAPTOP in ids(alice, "Alice's laptops")
    hits = alice.endpoint_search("laptop").data["DATA"]
    assert [hit["_rank"] for hit in hits] == sorted((hit["_rank"] for hit in hits), reverse=True)
    assert "DATA" not in hits[0] and hits[0]["owner_string"]


def test_search_scopes(standin: Standin, alice: Client, bob: Client) -> None:
    assert {LAPTOP, OFFLINE, PAUSED} <= ids(alice, filter_scope="my-endpoints")
    assert BOBS not in ids(alice, filter_scope="my-endpoints")
    assert ids(alice, filter_scope="shared-with-me") == {STANFORD_GUEST, BOB_SHARED, SECURE}
    assert BOB_SHARED in ids(bob, filter_scope="shared-by-me")
    assert LAPTOP in ids(alice, filter_scope="administered-by-me")
    assert ids(alice, text="desktop", filter_scope="my-gcp-endpoints") == {OFFLINE}
    assert ids(alice, filter_scope="recently-used") == ids(alice, filter_scope="in-use") == set()


def test_search_filters(alice: Client) -> None:
    assert DTN in ids(alice, "stanford")
    assert DTN not in ids(alice, "stanford", filter_non_functional=False)
    assert DTN in ids(alice, "stanford", filter_non_functional=True)
    assert ids(alice, "stanford", filter_entity_type="GCSv5_guest_collection") == {STANFORD_GUEST}
    assert ids(alice, "guest", filter_owner_id=BOB, filter_host_endpoint=SHERLOCK) == {STANFORD_GUEST}


@pytest.mark.parametrize("query", [
    {}, {"filter_scope": "all"}, {"filter_scope": "nothing"},
    {"filter_fulltext": "a", "limit": 100, "offset": 950},
    {"filter_scope": "my-endpoints", "filter_owner_id": ALICE},
    {"filter_fulltext": "a", "filter_entity_type": "GCSv5_endpoint", "filter_non_functional": 0},
    {"filter_fulltext": "a", "filter_entity_type": "toaster"},
], ids=str)
def test_search_refusals(alice: Client, query: dict[str, Any]) -> None:
    assert refusal(alice.get, "/v0.10/endpoint_search", query_params=query) == (400, "ClientError.BadRequest")


def test_search_pages(alice: Client) -> None:
    first = alice.endpoint_search("stanford", limit=2)
    second = alice.endpoint_search("stanford", limit=2, offset=2)
    assert first["has_next_page"] is True
    assert not {i["id"] for i in first} & {i["id"] for i in second}


def test_ls_pages_orders_and_filters(alice: Client) -> None:
    def names(**options: Any) -> list[str]:
        return [f["name"] for f in alice.operation_ls(LAPTOP, path="/~/odd names", **options)]

    everything = names()
    assert names(limit=2, offset=1) == everything[1:3]
    assert names(filter="name:~*.txt") == [n for n in everything if n.endswith(".txt")]
    assert names(filter=["type:dir"]) == ["empty"]
    assert names(orderby="type,name")[0] == "empty"
    assert names(orderby="name DESC") == everything[::-1]
    listing = alice.operation_ls(LAPTOP, path="/~/odd names", limit=2)
    assert (listing["length"], listing["total"]) == (2, len(everything))


def test_ls_starts_where_the_collection_says(alice: Client) -> None:
    assert alice.operation_ls(LAPTOP)["path"] == "/~/"
    assert alice.operation_ls(STANFORD_GUEST)["path"] == "/containers/"
    assert alice.operation_ls(LAPTOP, path="/home/alice/odd names/empty")["length"] == 0


def test_nothing_outside_a_collection_is_reachable(standin: Standin, alice: Client) -> None:
    inside = {f["name"] for f in alice.operation_ls(LAPTOP, path="/")}
    assert {f["name"] for f in alice.operation_ls(LAPTOP, path="/../../..")} == inside
    (standin.root_of(LAPTOP) / "out").symlink_to("/")
    assert refusal(alice.operation_ls, LAPTOP, path="/out/etc") == (403, "EndpointPermissionDenied")


@pytest.mark.parametrize(("collection", "path", "expected"), [
    (LAPTOP, "/~/none", (404, "ClientError.NotFound")),
    (LAPTOP, "/~/Documents/notes.txt", (502, "ExternalError.DirListingFailed.NotDirectory")),
    (LAPTOP, "relative", (400, "ClientError.BadRequest")),
    (OFFLINE, "/~/", (502, "ExternalError.DirListingFailed.GCDisconnected")),
    (PAUSED, "/~/", (502, "ExternalError.DirListingFailed.GCPaused")),
    (BOBS, "/", (403, "PermissionDenied")),
    (DTN, "/", (409, "ClientError.Conflict")),
    (SHERLOCK, "/", (403, "ConsentRequired")),
    (SECURE, "/", (403, "AuthPolicyFailed")),
])
def test_ls_refusals(alice: Client, collection: str, path: str, expected: tuple[int, str]) -> None:
    assert refusal(alice.operation_ls, collection, path=path) == expected


def test_a_pause_rule_and_a_missing_account(standin: Standin, alice: Client) -> None:
    standin.control("endpoint", id=LAPTOP, pause_message="Maintenance until noon")
    assert refusal(alice.operation_ls, LAPTOP) == (409, "OperationPaused")
    scope = f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{OAK}/data_access]"
    client = transfer_client(transfer_token(login(standin, scopes=[scope])))
    assert refusal(client.operation_ls, OAK) == (502, "ExternalError.DirListingFailed.LoginFailed")


def test_the_session_demand_can_stand_in_the_message_only(standin: Standin, alice: Client) -> None:
    standin.control("settings", login_failed_in_message_only=True)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        alice.operation_ls(endpoint_id(14))
    assert "authorization_parameters" not in caught.value.raw_json
    assert '"allowed_domains": ["hpc.example"]' in caught.value.message
    assert "\\r\\n530 End." in caught.value.message


def test_stat_mkdir_rename(alice: Client) -> None:
    assert alice.operation_stat(LAPTOP, "/~/Documents/notes.txt")["size"] == 21
    assert refusal(alice.operation_stat, LAPTOP, "/~/none") == (404, "NotFound")
    assert alice.operation_mkdir(LAPTOP, "/~/new/")["code"] == "DirectoryCreated"
    assert refusal(alice.operation_mkdir, LAPTOP, "/~/new/") == (502, "ExternalError.MkdirFailed.Exists")
    assert refusal(alice.operation_mkdir, LAPTOP, "/~/a/b/") == (404, "ClientError.NotFound")
    assert alice.operation_rename(LAPTOP, "/~/new", "/~/newer")["code"] == "FileRenamed"
    assert alice.operation_stat(LAPTOP, "/~/newer")["type"] == "dir"


def test_rules_decide_who_may_write_where(alice: Client, bob: Client) -> None:
    denied = (403, "EndpointPermissionDenied")
    assert alice.operation_mkdir(BOB_SHARED, "/incoming/a")["code"] == "DirectoryCreated"
    assert refusal(alice.operation_mkdir, BOB_SHARED, "/papers/a") == denied
    assert refusal(alice.operation_mkdir, REFERENCE, "/a") == denied
    assert bob.operation_mkdir(REFERENCE, "/a")["code"] == "DirectoryCreated"


def test_nobody_writes_to_the_source(standin: Standin, alice: Client) -> None:
    carol = transfer_client(transfer_token(login(standin, "carol@uni.example")))
    for client in (alice, carol):
        assert client.operation_ls(SOURCE)["path"] == "/~/"
        assert refusal(client.operation_mkdir, SOURCE, "/a") == (403, "EndpointPermissionDenied")
        assert refusal(client.operation_rename, SOURCE, "/a", "/b") == (403, "EndpointPermissionDenied")


def test_missing_and_bad_credentials(standin: Standin) -> None:
    url = f"{standin.url}/v0.10/endpoint/{LAPTOP}"
    missing = requests.get(url, timeout=10)
    assert (missing.status_code, missing.json()["code"]) == (400, "ClientError.AuthenticationFailed")
    bad = requests.get(url, headers={"Authorization": "Bearer x"}, timeout=10)
    assert (bad.status_code, bad.json()["code"]) == (401, "ClientError.AuthenticationFailed")
    auth_token = login(standin)["access_token"]
    wrong = requests.get(url, headers={"Authorization": f"Bearer {auth_token}"}, timeout=10)
    assert wrong.status_code == 401
