"""transload audit: who did what, when, from where, for whoever has to answer that at night."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sandbox.sandbox import Sandbox

from person import Person
from pushing import Pusher


def audit(sandbox: Sandbox, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sandbox.program.run("audit", "--json", *options).stdout.splitlines()]


def test_each_deed_has_who_what_where_and_the_request(sandbox: Sandbox, pusher: Callable[..., Pusher], person: Callable[[str], Person],
                                                      db: psycopg.Connection) -> None:
    p, alice = pusher(), person("alice")
    answer = p.push(b"audited")
    (container,) = db.execute("select k.id from containers k join collections c on c.id = k.collection_id where c.name = %s",
                              [p.collection]).fetchone()
    assert alice.request("PUT", f"/api/portal/containers/{container}/frozen", json={"frozen": True}).status_code == 200
    assert alice.request("PUT", f"/api/portal/containers/{container}/frozen", json={"frozen": False}).status_code == 200
    assert alice.request("DELETE", f"/api/portal/containers/{container}").status_code == 204
    deeds = [row for row in audit(sandbox, "--user", "alice", "--since", "1h") if p.collection in row["subject"]]
    assert [row["action"] for row in deeds][:2] == ["collection.create", "image.push"] and deeds[-1]["action"] == "image.delete"
    assert len(deeds) >= 5 and all((row["user"], row["address"]) == ("alice", "127.0.0.1") for row in deeds)
    assert deeds[1]["request_id"] == answer.headers["X-Request-Id"] and deeds[1]["subject"] == p.uri
    assert [row["id"] for row in deeds] == sorted(row["id"] for row in deeds), "oldest first"


def test_what_a_command_did_has_no_user_and_no_address(sandbox: Sandbox) -> None:
    sandbox.program.run("user", "disable", "carol")
    sandbox.program.run("user", "enable", "carol")
    *_, last = audit(sandbox, "--action", "user.", "--since", "10m")
    assert (last["user"], last["address"], last["subject"]) == (None, None, "carol") and last["request_id"].startswith("cli-")


def test_rows_are_chosen(sandbox: Sandbox, person: Callable[[str], Person], db: psycopg.Connection) -> None:
    person("bob")
    everything = audit(sandbox)
    logins = audit(sandbox, "--action", "user.login")
    assert {row["action"] for row in logins} == {"user.login"} and len(logins) == sum(row["action"] == "user.login" for row in everything)
    assert {row["user"] for row in audit(sandbox, "--user", "bob")} == {"bob"}
    assert audit(sandbox, "--user", "nobody-of-this-name") == audit(sandbox, "--action", "user") == []
    db.execute("insert into audit (at, action, subject, request_id) values ('2001-02-03 04:05:06+00', 'test.old', 'x', 'y')")
    assert "test.old" not in {row["action"] for row in audit(sandbox, "--since", "2001-02-04")}
    (old,) = (row for row in audit(sandbox, "--since", "2001-02-03") if row["action"] == "test.old")
    assert old["at"] == "2001-02-03T04:05:06Z"


def test_years_of_it_come_a_page_at_a_time_and_each_once(sandbox: Sandbox, db: psycopg.Connection) -> None:
    db.execute("insert into audit (action, subject, request_id) select 'test.many', n::text, 'r' from generate_series(1, 1700) n")
    assert [row["subject"] for row in audit(sandbox, "--action", "test.many")] == [str(n) for n in range(1, 1701)]


def test_one_deed_is_one_line_whatever_it_was_done_to(sandbox: Sandbox, db: psycopg.Connection) -> None:
    db.execute("insert into audit (action, subject, request_id) values ('test.odd', E'a\\nb\\x1b[31m', 'r')")
    (line,) = sandbox.program.run("audit", "--action", "test.odd").stdout.splitlines()
    assert line.endswith("-                 test.odd              a\\x0ab\\x1b[31m  from=- request=r")


@pytest.mark.parametrize("when", ["yesterday", "2026-02-30", "2026-1-1", "-3d", "3", "d", "2026/01/01"])
def test_a_time_that_is_none_is_refused(sandbox: Sandbox, when: str) -> None:
    done = sandbox.program.run("audit", "--since", when, check=False)
    assert done.returncode == 2 and "2026-01-31" in done.stderr
