"""Read rules: there while a transfer needs them, gone after the last one, whatever dies in between (promise P5).

`./tests/run rules` sends 1,000 transfers. RULES_SEED repeats a run's choices, RULES_TRANSFERS changes their number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator

import psycopg
import pytest

from sandbox.sandbox import Sandbox
from sandbox.standin import Control

from person import Person
from pushing import Pusher
from rules import Rules, rules_at_globus, run_agent, too_soon, until
from wishes import CONTENT, container_id, root
from world import ALICE, ALICE_ID, BOB, ZURICH

TRANSFERS = int(os.environ.get("RULES_TRANSFERS", "300"))
SEED = int(os.environ.get("RULES_SEED", random.SystemRandom().randrange(10**6)))
PER_USER = {"GLOBUS_SOURCE_ACCESS": "per-user"}


@pytest.fixture(scope="module")
def guarded(make_sandbox: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    """A registry whose source has read rules. Its agent runs when a test says so."""
    sandbox = make_sandbox(users=("alice", "bob"), settings=PER_USER)
    sandbox.processes.stop("agent")
    yield sandbox
    sandbox.down()


@pytest.fixture
def db(guarded: Sandbox) -> Iterator[psycopg.Connection]:
    with psycopg.connect(guarded.database.url, autocommit=True) as connection:
        connection.execute("delete from transfers")
        connection.execute("delete from read_rules")
        connection.execute("delete from globus_links")
        yield connection


@pytest.fixture
def globus(guarded: Sandbox) -> Control:
    guarded.standin.control.reset()
    return guarded.standin.control


@pytest.fixture
def sign_in(guarded: Sandbox, globus: Control, db: psycopg.Connection) -> Callable[[str, str], Person]:
    def sign_in(name: str, identity: str) -> Person:
        globus.auto(identity)
        person = Person(guarded.url, name, guarded.user(name)["password"]).sign_in()
        person.connect()
        return person

    return sign_in


@pytest.fixture
def alice(sign_in: Callable[[str, str], Person]) -> Person:
    return sign_in("alice", ALICE)


@pytest.fixture
def secret(guarded: Sandbox, db: psycopg.Connection) -> int:
    """An image in a private collection of alice."""
    image = Pusher(guarded.url, "alice", guarded.user("alice")["token"], "secret")
    assert image.push(CONTENT).status_code == 200
    db.execute("update collections set is_private = true where name = 'secret'")
    db.execute("delete from collection_members where user_id = (select id from users where username = 'bob')")
    return container_id(db, image)


def state_of(person: Person, transfer: str) -> str:
    return person.json(f"/api/transfers/{transfer}")["state"]


def test_a_private_image_reaches_those_who_may_pull_it(alice: Person, secret: int, guarded: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    globus.post("hold", after_bytes=1000)
    answer = alice.transfer(secret, ZURICH, path="/private/")
    assert answer.status_code == 201, answer.text
    collection = db.execute("select id from collections where name = 'secret'").fetchone()[0]
    (rule,) = rules_at_globus(globus)
    assert (rule["principal_type"], rule["principal"], rule["path"], rule["permissions"]) == ("identity", ALICE_ID, f"/{collection}/", "r")
    for _ in range(3):
        run_agent(guarded, db).wait(60)
    assert rules_at_globus(globus) == [rule], "the task still runs"
    globus.post("hold", hold=False)
    until(lambda: state_of(alice, answer.json()["id"]) == "done", guarded, db)
    assert rules_at_globus(globus) == [], "withdrawn in the very pass that saw the end"
    assert (root(guarded, ZURICH) / "private/image_latest.sif").read_bytes() == CONTENT
    assert too_soon(globus) == []


def test_nobody_else_gets_a_rule(sign_in: Callable[[str, str], Person], secret: int, globus: Control) -> None:
    assert sign_in("bob", BOB).transfer(secret, ZURICH).status_code == 404
    assert rules_at_globus(globus) == [] and globus.tasks() == [] and globus.calls("access create") == []


def test_the_rule_is_granted_in_the_registrys_own_name_before_the_submit(alice: Person, secret: int, globus: Control) -> None:
    assert alice.transfer(secret, ZURICH).status_code == 201
    calls = [(call["call"], call["identity"]) for call in globus.calls()]
    granted, submitted = calls.index(("access create", globus.get("world")["client_id"])), calls.index(("submit", ALICE_ID))
    assert granted < submitted


def test_trouble_on_the_way_is_no_end(alice: Person, secret: int, guarded: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    globus.post("settings", retry_seconds=0.05)
    globus.post("endpoint", id=ZURICH, fault="CONNECT_FAILED")
    transfer = alice.transfer(secret, ZURICH).json()["id"]
    until(lambda: "Globus keeps trying" in alice.json(f"/api/transfers/{transfer}")["state_text"], guarded, db)
    run_agent(guarded, db).wait(60)
    assert len(rules_at_globus(globus)) == 1
    globus.post("endpoint", id=ZURICH, fault=None)
    until(lambda: state_of(alice, transfer) == "done", guarded, db)
    assert rules_at_globus(globus) == [] and too_soon(globus) == []


def test_a_right_that_ends_takes_the_rule_and_the_task_with_it(sign_in: Callable[[str, str], Person], secret: int, guarded: Sandbox, globus: Control,
                                                              db: psycopg.Connection) -> None:
    db.execute("insert into collection_members (collection_id, user_id, role) select c.id, u.id, 'contributor' from collections c, users u"
               " where c.name = 'secret' and u.username = 'bob'")
    bob = sign_in("bob", BOB)
    globus.post("hold", after_bytes=1000)
    transfer = bob.transfer(secret, ZURICH, path="/right/").json()["id"]
    assert len(rules_at_globus(globus)) == 1
    db.execute("delete from collection_members where user_id = (select id from users where username = 'bob')")
    run_agent(guarded, db).wait(60)
    assert rules_at_globus(globus) == []
    globus.post("hold", hold=False)
    until(lambda: state_of(bob, transfer) == "cancelled", guarded, db)
    assert not (root(guarded, ZURICH) / "right/image_latest.sif").exists()


def test_without_room_for_a_rule_the_wish_waits(alice: Person, secret: int, guarded: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    full = [{"principal_type": "identity", "principal": ALICE_ID, "path": f"/other-{n}/", "permissions": "r"} for n in range(1000)]
    globus.post("endpoint", id="e0000000-0000-4000-8000-000000000001", rules=full)
    answer = alice.transfer(secret, ZURICH).json()
    assert answer["state"] == "waiting" and "no further read rule" in answer["message"]
    globus.post("endpoint", id="e0000000-0000-4000-8000-000000000001", rules=full[:999])
    until(lambda: state_of(alice, answer["id"]) == "done", guarded, db)
    assert len(rules_at_globus(globus)) == 999, "ours is gone, and no other"


def test_without_the_role_no_private_image_is_sent_and_the_log_says_so(alice: Person, secret: int, guarded: Sandbox, globus: Control) -> None:
    globus.fail("access create", sample="permission_denied")
    answer = alice.transfer(secret, ZURICH)
    assert "may not give you the right" in answer.text and globus.tasks() == [] and rules_at_globus(globus) == []
    assert "event=read_rules_refused" in (guarded.layout.log / "api.log").read_text()


def test_a_rule_that_the_administrator_made_stays(alice: Person, secret: int, guarded: Sandbox, globus: Control, db: psycopg.Connection) -> None:
    collection = db.execute("select id from collections where name = 'secret'").fetchone()[0]
    theirs = [{"principal_type": "identity", "principal": ALICE_ID, "path": f"/{collection}/", "permissions": "r"}]
    globus.post("endpoint", id="e0000000-0000-4000-8000-000000000001", rules=theirs)
    transfer = alice.transfer(secret, ZURICH).json()["id"]
    until(lambda: state_of(alice, transfer) == "done", guarded, db)
    assert len(rules_at_globus(globus)) == 1
    assert db.execute("select count(*) from read_rules").fetchone() == (0,)


@pytest.mark.timeout(240 + 2 * TRANSFERS)
def test_48_overlapping_transfers_leave_no_rule_and_lose_none(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox(users=("alice", "bob", "carol"), settings=PER_USER | {"API_WORKERS": "6"})
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        rules = Rules(sandbox, db, SEED)
        rules.run(TRANSFERS)
    created, deleted = (len(rules.globus.calls(call)) for call in ("access create", "access delete"))
    print(f"RULES_SEED={SEED} RULES_TRANSFERS={TRANSFERS}: at most {rules.most} rules at once, {created} grants, {deleted} withdrawals asked for, "
          f"killed {dict(sorted(rules.killed.items()))}")
    assert rules.wrong == [], "\n".join([f"RULES_SEED={SEED}", *rules.wrong])
    assert rules.most > 1 and len(rules.killed) >= min(TRANSFERS // 30, 10)
    sandbox.down()
