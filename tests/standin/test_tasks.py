"""Submissions and the life of a task (§2.5 to §2.7)."""

from __future__ import annotations

import hashlib
from typing import Any

import globus_sdk
import pytest

from standin_harness import (
    ALICE, BOB, BOB_SHARED, BOBS, LAPTOP, OAK, OFFLINE, REFERENCE, SECURE, SHERLOCK, SOURCE,
    STANFORD_GUEST, TRANSFER_ALL, Standin, image, login, refusal, transfer_client, transfer_token,
    wait_until, wish,
)

Client = globus_sdk.TransferClient

# Appendix B, key for key.
TASK_KEYS = set("""
DATA_TYPE task_id type status label owner_id username command request_time completion_time deadline
source_endpoint source_endpoint_id source_endpoint_display_name destination_endpoint
destination_endpoint_id destination_endpoint_display_name source_base_path destination_base_path files
directories symlinks files_transferred files_skipped bytes_transferred bytes_checksummed
effective_bytes_per_second faults subtasks_total subtasks_pending subtasks_retrying subtasks_succeeded
subtasks_failed subtasks_canceled subtasks_expired subtasks_skipped_errors nice_status
nice_status_short_description nice_status_details nice_status_expires_in is_ok is_paused fatal_error
canceled_by_admin canceled_by_admin_message history_deleted sync_level verify_checksum encrypt_data
preserve_timestamp skip_source_errors fail_on_quota_errors delete_destination_extra recursive_symlinks
filter_rules
""".split())


def submit(standin: Standin, client: Client, destination: str = LAPTOP, target: str = "/~/a.sif",
           **changes: Any) -> str:
    source, digest = image(standin)
    data = wish(client, source, digest, target, destination)
    data.update(changes)
    return client.submit_transfer(data)["task_id"]


def until(client: Client, task_id: str, **wanted: Any) -> dict[str, Any]:
    """The task once its members are as wanted; on failure, what they are instead."""
    task: dict[str, Any] = {}

    def is_as_wanted() -> bool:
        task.update(client.get_task(task_id).data)
        return all(task[name] == value for name, value in wanted.items())

    wait_until(is_as_wanted, describe=lambda: str(task))
    return task


def codes(client: Client, task_id: str, **query: Any) -> list[str]:
    return [event["code"] for event in client.task_event_list(task_id, query_params=query)]


def test_progress_is_visible_and_ends_in_success(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=4096)
    task_id = submit(standin, alice)
    running = until(alice, task_id, bytes_transferred=4096)
    assert set(running) == TASK_KEYS
    assert (running["status"], running["nice_status"], running["is_ok"]) == ("ACTIVE", "OK", True)
    assert (running["files"], running["completion_time"], running["subtasks_pending"]) == (1, None, 1)
    assert alice.endpoint_search(filter_scope="in-use").data["DATA"]
    assert not list(standin.root_of(LAPTOP).rglob("a.sif"))
    standin.control("hold", hold=False)
    done = until(alice, task_id, status="SUCCEEDED")
    assert (done["files_transferred"], done["bytes_transferred"]) == (1, 10000)
    assert done["nice_status"] is None and done["is_ok"] is None and done["completion_time"]
    assert codes(alice, task_id) == ["SUCCEEDED", "PROGRESS", "STARTED"]
    assert [f["destination_path"] for f in alice.task_successful_transfers(task_id)] == ["/~/a.sif"]
    assert list(alice.task_skipped_errors(task_id)) == []


def test_a_transfer_takes_its_time(standin: Standin, alice: Client) -> None:
    standin.control("speed", bytes_per_second=1000)
    task_id = submit(standin, alice)
    first = wait_until(lambda: alice.get_task(task_id)["bytes_transferred"])
    wait_until(lambda: alice.get_task(task_id)["bytes_transferred"] > first)
    assert alice.get_task(task_id)["status"] == "ACTIVE"
    standin.control("speed", bytes_per_second=0)
    until(alice, task_id, status="SUCCEEDED")


def test_an_identical_file_is_skipped(standin: Standin, alice: Client) -> None:
    until(alice, submit(standin, alice), status="SUCCEEDED")
    again = until(alice, submit(standin, alice), status="SUCCEEDED")
    assert (again["files_skipped"], again["files_transferred"], again["bytes_transferred"]) == (1, 0, 0)


def test_a_different_file_is_replaced(standin: Standin, alice: Client) -> None:
    copy = standin.root_of(LAPTOP) / "home/alice/a.sif"
    copy.write_bytes(b"x" * 10000)
    until(alice, submit(standin, alice), status="SUCCEEDED", files_transferred=1)
    assert copy.read_bytes().startswith(b"SIF image")


def test_bytes_that_are_not_what_was_promised(standin: Standin, alice: Client) -> None:
    source, _ = image(standin)
    task_id = alice.submit_transfer(
        wish(alice, source, hashlib.sha256(b"other").hexdigest(), "/~/a.sif"))["task_id"]
    failed = until(alice, task_id, status="FAILED")
    assert failed["fatal_error"]["code"] == "EXTERNAL_CHECKSUM_MISMATCH"
    assert not list((standin.root_of(LAPTOP) / "home/alice").glob("*.sif*"))


def test_a_missing_image(standin: Standin, alice: Client) -> None:
    task_id = alice.submit_transfer(wish(alice, "/none.sif", "0" * 64, "/~/a.sif"))["task_id"]
    failed = until(alice, task_id, status="FAILED")
    assert failed["fatal_error"] == {"code": "FILE_NOT_FOUND", "description": "file not found"}


def test_a_laptop_that_comes_back(standin: Standin, alice: Client) -> None:
    task_id = submit(standin, alice, OFFLINE)
    waiting = until(alice, task_id, nice_status="GC_NOT_CONNECTED")
    assert (waiting["status"], waiting["faults"], waiting["is_ok"]) == ("ACTIVE", 1, False)
    assert codes(alice, task_id, filter="is_error:1") == ["GC_NOT_CONNECTED"]
    standin.control("endpoint", id=OFFLINE, gcp_connected=True)
    until(alice, task_id, status="SUCCEEDED")


def test_a_laptop_that_goes_away_in_the_middle(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=4096)
    task_id = submit(standin, alice)
    until(alice, task_id, bytes_transferred=4096)
    standin.control("endpoint", id=LAPTOP, gcp_paused=True)
    until(alice, task_id, nice_status="GC_PAUSED")
    standin.control("endpoint", id=LAPTOP, gcp_paused=False)
    standin.control("hold", hold=False)
    done = until(alice, task_id, status="SUCCEEDED")
    assert done["bytes_transferred"] == 14096


def test_no_right_to_write_is_the_tasks_trouble(standin: Standin, alice: Client) -> None:
    for destination, target in ((REFERENCE, "/a.sif"), (BOB_SHARED, "/papers/a.sif")):
        task_id = submit(standin, alice, destination, target)
        until(alice, task_id, nice_status="PERMISSION_DENIED", status="ACTIVE")
    until(alice, submit(standin, alice, BOB_SHARED, "/incoming/a.sif"), status="SUCCEEDED")


def test_a_read_rule_withdrawn_too_early(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=4096)
    task_id = submit(standin, alice)
    until(alice, task_id, bytes_transferred=4096)
    standin.control("endpoint", id=SOURCE, rules=[])
    standin.control("hold", hold=False)
    until(alice, task_id, nice_status="PERMISSION_DENIED")


@pytest.mark.parametrize(("fault", "strict", "wanted"), [
    ("QUOTA_EXCEEDED", True, {"status": "FAILED"}),
    ("QUOTA_EXCEEDED", False, {"status": "ACTIVE", "nice_status": "QUOTA_EXCEEDED"}),
    ("CONNECT_FAILED", True, {"status": "ACTIVE", "nice_status": "CONNECT_FAILED"}),
    ("AUTH", True, {"status": "INACTIVE", "nice_status": "AUTH"}),
])
def test_faults_of_an_endpoint(
        standin: Standin, alice: Client, fault: str, strict: bool, wanted: dict[str, str]) -> None:
    standin.control("endpoint", id=LAPTOP, fault=fault)
    task_id = submit(standin, alice, fail_on_quota_errors=strict)
    until(alice, task_id, **wanted)
    standin.control("endpoint", id=LAPTOP, fault=None)
    if wanted["status"] != "FAILED":
        until(alice, task_id, status="SUCCEEDED")


def test_a_folder_where_the_file_should_go(standin: Standin, alice: Client) -> None:
    until(alice, submit(standin, alice, target="/~/Documents"), nice_status="IS_A_DIRECTORY")


def test_three_run_and_the_rest_queue(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=10)
    tasks = [submit(standin, alice, target=f"/~/{n}.sif") for n in range(5)]
    for task_id in tasks[:3]:
        until(alice, task_id, bytes_transferred=10)
    for task_id in tasks[3:]:
        until(alice, task_id, nice_status="Queued", bytes_transferred=0)
    alice.cancel_task(tasks[0])
    until(alice, tasks[3], bytes_transferred=10)
    standin.control("hold", hold=False)
    for task_id in tasks[1:]:
        until(alice, task_id, status="SUCCEEDED")


def test_a_hundred_pending_tasks_are_the_limit(standin: Standin, alice: Client) -> None:
    standin.control("hold")
    for _ in range(100):
        submit(standin, alice)
    source, digest = image(standin)
    data = wish(alice, source, digest, "/~/a.sif")
    assert refusal(alice.submit_transfer, data) == (409, "ClientError.Conflict.TooManyPendingJobs")
    assert alice.task_list(limit=1)["total"] == 100


def test_a_task_past_its_deadline_expires(standin: Standin, alice: Client) -> None:
    task_id = submit(standin, alice, OFFLINE)
    until(alice, task_id, nice_status="GC_NOT_CONNECTED")
    standin.control("clock", advance_s=86401)
    alice = transfer_client(transfer_token(login(standin)))
    expired = until(alice, task_id, status="FAILED")
    assert expired["fatal_error"] is None and expired["subtasks_expired"] > 0
    assert codes(alice, task_id)[0] == "EXPIRED"


def test_cancel(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=10)
    task_id = submit(standin, alice)
    answer = alice.cancel_task(task_id)
    assert (answer["DATA_TYPE"], answer["code"]) == ("result", "Canceled")
    canceled = alice.get_task(task_id)
    assert (canceled["status"], canceled["fatal_error"]) == ("FAILED", None)
    assert canceled["subtasks_canceled"] > 0
    assert alice.cancel_task(task_id)["code"] == "TaskComplete"
    standin.control("settings", finished_cancel_status=409)
    assert refusal(alice.cancel_task, task_id) == (409, "Conflict")
    assert alice.get(f"/v0.10/task/{task_id}")["status"] == "FAILED"


def test_a_delete_is_a_task_too(standin: Standin, alice: Client) -> None:
    submitted = submit(standin, alice, target="/~/gone.sif")
    until(alice, submitted, status="SUCCEEDED")
    data = globus_sdk.DeleteData(LAPTOP, label="away")
    data.add_item("/~/gone.sif")
    answer = alice.submit_delete(data)
    assert (answer["DATA_TYPE"], answer["code"]) == ("delete_result", "Accepted")
    assert alice.submit_delete(data)["code"] == "Duplicate"
    task = until(alice, answer["task_id"], status="SUCCEEDED")
    assert (task["type"], task["label"]) == ("DELETE", "away")
    assert refusal(alice.operation_stat, LAPTOP, "/~/gone.sif") == (404, "NotFound")


def test_a_delete_without_the_right_is_tried_again(standin: Standin, alice: Client) -> None:
    data = globus_sdk.DeleteData(SOURCE)
    data.add_item("/1/any.sif")
    task_id = alice.submit_delete(data)["task_id"]
    assert until(alice, task_id, nice_status="PERMISSION_DENIED")["status"] == "ACTIVE"
    assert refusal(alice.submit_delete, globus_sdk.DeleteData(SOURCE))[0] == 400


def test_tasks_are_their_owners_business(standin: Standin, alice: Client) -> None:
    task_id = submit(standin, alice)
    bob = transfer_client(transfer_token(login(standin, BOB)))
    assert refusal(bob.get_task, task_id) == (404, "TaskNotFound")
    assert refusal(bob.cancel_task, task_id) == (404, "TaskNotFound")
    assert bob.task_list()["total"] == 0


def test_task_list_filters(standin: Standin, alice: Client) -> None:
    standin.control("hold")
    first, second = submit(standin, alice), submit(standin, alice, label="Other")
    alice.cancel_task(first)

    def listed(filters: str) -> list[str]:
        return [task["task_id"] for task in alice.task_list(filter=filters)]

    assert listed(f"task_id:{first},{second}/status:FAILED") == [first]
    assert listed("status:ACTIVE/type:TRANSFER,DELETE") == [second]
    assert listed("label:~singularity*") == [first]
    assert listed("label:!Other") == [first]
    assert set(listed("request_time:2020-01-01,")) == {first, second}
    assert refusal(alice.task_list, filter="color:red") == (400, "ClientError.BadRequest")
    page = alice.task_list(limit=1)
    assert (page["length"], page["total"]) == (1, 2)


def test_scripted_states(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=10)
    task_id = submit(standin, alice)
    until(alice, task_id, bytes_transferred=10)
    standin.control("task", task_id=task_id, status="INACTIVE", nice_status="AUTH")
    standin.control("hold", hold=False)
    assert until(alice, task_id, status="INACTIVE")["nice_status"] == "AUTH"
    standin.control("task", task_id=task_id, status="ACTIVE", bytes_transferred=2**33, is_paused=True,
                    a_new_field={"x": 1}, label=None)
    odd = alice.get_task(task_id)
    assert (odd["bytes_transferred"], odd["is_paused"], odd["a_new_field"], odd["label"]) == (
        2**33, True, {"x": 1}, None)
    standin.control("task", task_id=task_id, is_paused=False)
    until(alice, task_id, status="SUCCEEDED")


def test_scripted_ends(standin: Standin, alice: Client) -> None:
    standin.control("hold")
    task_id = submit(standin, alice)
    standin.control("task", task_id=task_id, status="FAILED", canceled_by_admin="DESTINATION",
                    canceled_by_admin_message="Quota day",
                    fatal_error={"code": "NO_SPACE_LEFT", "description": "no space left"})
    failed = alice.get_task(task_id)
    assert failed["fatal_error"]["code"] == "NO_SPACE_LEFT"
    assert failed["canceled_by_admin_message"] == "Quota day"
    assert codes(alice, task_id)[0] == "NO_SPACE_LEFT"
    standin.control("task", task_id=task_id, history_deleted=True)
    assert codes(alice, task_id) == []


def test_a_pause_rule(standin: Standin, alice: Client) -> None:
    standin.control("hold", after_bytes=10)
    task_id = submit(standin, alice)
    until(alice, task_id, bytes_transferred=10)
    standin.control("endpoint", id=LAPTOP, pause_message="Maintenance until noon")
    standin.control("hold", hold=False)
    assert alice.get_task(task_id)["is_paused"] is True
    info = alice.task_pause_info(task_id)
    assert info["pause_rules"][0]["message"] == "Maintenance until noon"
    assert info["destination_pause_message"] == "Maintenance until noon"
    standin.control("endpoint", id=LAPTOP, pause_message=None)
    until(alice, task_id, status="SUCCEEDED")


def test_label_and_deadline_of_a_running_task(standin: Standin, alice: Client) -> None:
    standin.control("hold")
    task_id = submit(standin, alice)
    alice.update_task(task_id, {"label": "New", "deadline": "2099-01-01T00:00:00+00:00"})
    task = alice.get_task(task_id)
    assert (task["label"], task["deadline"]) == ("New", "2099-01-01T00:00:00+00:00")
    alice.cancel_task(task_id)
    assert refusal(alice.update_task, task_id, {"label": "x"})[0] == 409


def test_directories_are_moved_whole(standin: Standin, alice: Client) -> None:
    for name in ("a.sif", "deep/b.sif"):
        path = standin.images / "tacos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    data = globus_sdk.TransferData(source_endpoint=SOURCE, destination_endpoint=STANFORD_GUEST,
                                   submission_id=alice.get_submission_id()["value"])
    data.add_item("/tacos/", "/containers/tacos/", recursive=True)
    until(alice, alice.submit_transfer(data)["task_id"], status="SUCCEEDED", files_transferred=2)
    copied = standin.root_of(STANFORD_GUEST) / "containers/tacos/deep/b.sif"
    assert copied.read_bytes() == b"deep/b.sif"


@pytest.mark.parametrize(("destination", "expected"), [
    (BOBS, (403, "PermissionDenied")), (SHERLOCK, (403, "ConsentRequired")),
    (SECURE, (403, "AuthPolicyFailed")), ("no-such-endpoint", (404, "EndpointNotFound")),
])
def test_endpoints_refused_at_once(
        standin: Standin, alice: Client, destination: str, expected: tuple[int, str]) -> None:
    source, digest = image(standin)
    data = wish(alice, source, digest, "/~/a.sif", destination)
    assert refusal(alice.submit_transfer, data) == expected
    assert standin.look("tasks")["tasks"] == []


def test_an_account_on_the_cluster_is_needed(standin: Standin) -> None:
    data_access = [f"*https://auth.globus.org/scopes/{i}/data_access" for i in (SHERLOCK, OAK)]
    scope = f"{TRANSFER_ALL}[{' '.join(data_access)}]"
    alice = transfer_client(transfer_token(login(standin, scopes=[scope])))
    until(alice, submit(standin, alice, SHERLOCK), status="SUCCEEDED")
    assert (standin.root_of(SHERLOCK) / "home/users/alice/a.sif").exists()
    until(alice, submit(standin, alice, OAK, "/groups/a.sif"), nice_status="PERMISSION_DENIED")


@pytest.mark.parametrize("changes", [
    {"submission_id": "11111111-2222-4333-8444-555555555555"}, {"submission_id": None},
    {"DATA": []}, {"DATA": ["a"]}, {"DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/a"}]},
    {"DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/a", "destination_path": "/b/"}]},
    {"DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/a", "destination_path": "/b",
               "external_checksum": "00", "checksum_algorithm": "crc1"}]},
    {"label": "x" * 129}, {"label": " x"}, {"label": "a\nb"}, {"sync_level": 4},
], ids=str)
def test_bad_submissions(standin: Standin, alice: Client, changes: dict[str, Any]) -> None:
    source, digest = image(standin)
    data = wish(alice, source, digest, "/~/a.sif")
    status, code = refusal(alice.post, "/v0.10/transfer", data={**data, **changes})
    assert status == 400 and code.startswith("ClientError.BadRequest")


def test_a_submission_id_is_for_one_wish_of_one_user(standin: Standin, alice: Client) -> None:
    source, digest = image(standin)
    data = wish(alice, source, digest, "/~/a.sif")
    bob = transfer_client(transfer_token(login(standin, BOB)))
    assert refusal(bob.submit_transfer, data) == (400, "ClientError.BadRequest")
    assert alice.submit_transfer(data)["code"] == "Accepted"
    assert refusal(alice.post, "/v0.10/transfer", data={**data, "label": "Other"}) == (
        400, "ClientError.BadRequest")
    assert standin.look("tasks")["tasks"][0]["owner_id"] == ALICE
