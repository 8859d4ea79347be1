"""Every row of "What can go wrong" (docs/faults.md) is what a test shows."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

# How a row begins, and the test that breaks just that.
SHOWN_BY = {
    "PostgreSQL is gone": "test_without_a_database_the_answer_is_503_with_a_time_to_come_back",
    "PostgreSQL restarts": "test_a_restart_under_load_is_some_refusals_and_nothing_lost",
    "PostgreSQL fails over": "test_after_a_failover_the_service_finds_the_new_primary",
    "PostgreSQL is read-only": "test_a_read_only_database_refuses_pushes_before_their_body",
    "PostgreSQL has too many connections": "test_too_many_connections_are_a_clear_refusal_until_there_is_room",
    "PostgreSQL is frozen": "test_a_frozen_database_is_given_up_in_time_and_nothing_is_done_twice",
    "the disk below PostgreSQL is full": "test_a_full_disk_below_the_database_refuses_changes_and_loses_nothing",
    "schema too old or new": "test_a_schema_of_another_version_is_refused_with_a_sentence",
    "the disk of the images is full": "test_a_full_disk_is_507_and_nothing_is_left",
    "Globus is gone |": "test_a_wish_waits_and_says_so",
    "Globus is gone for a day": "test_after_a_day_without_globus_each_wish_is_sent_once",
    "no names": "test_without_names_pages_say_so_and_the_pool_goes_on",
    "the certificate of Globus": "test_an_ended_certificate_is_named_in_the_log",
    "the certificate of the registry": "test_a_certificate_that_ended",
    "an image is damaged": "test_a_flipped_byte_is_found_told_refused_and_healed",
    "`IMAGES_ROOT` became read-only": "test_on_a_read_only_disk_a_push_is_503_and_reading_goes_on",
    "`globus_revocations_late`": "test_revocations_that_never_succeed_are_told_once_a_day",
    "`read_rules_refused`": "test_without_the_role_no_private_image_is_sent_and_the_log_says_so",
    "`read_rules_full`": "test_without_room_for_a_rule_the_wish_waits",
    "the clock of an application host jumps": "test_a_clock_that_jumps_ends_no_session_and_loses_nothing",
    "memory ends for a worker": "test_a_worker_out_of_memory_loses_one_request_and_is_replaced",
    "a worker dies": "test_a_worker_that_dies_is_replaced",
    "the agent is stopped": "test_47_after_a_restart_all_are_tracked_with_one_call_for_a_hundred",
    "settings file wrong at reload": "test_sighup_with_wrong_settings_keeps_the_old_ones",
}


def rows():
    section = (ROOT / "docs/faults.md").read_text().split("\n## ")[0]
    return [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")][2:]


def test_every_row_has_its_test_and_no_test_is_without_a_row():
    firsts = [f"{row[0].strip()} |" for row in rows()]
    assert len(firsts) > 10
    for first in firsts:
        assert [name for name in SHOWN_BY if first.startswith(name)], f"no test named for the row: {first}"
    for name in SHOWN_BY:
        assert [first for first in firsts if first.startswith(name)], f"no row for: {name}"


def test_the_tests_that_are_named_exist():
    text = "".join(path.read_text() for folder in ("integration", "unit") for path in (ROOT / "tests" / folder).rglob("*") if path.suffix in (".py", ".c"))
    for name in SHOWN_BY.values():
        assert re.search(rf"^(def|static void) {name}\(", text, re.M), f"no test of that name: {name}"


def test_every_row_says_all_there_is_to_say():
    for row in rows():
        assert len(row) == 4 and all(cell.strip() for cell in row), row
