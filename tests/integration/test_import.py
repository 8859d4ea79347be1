"""Moving in: an sregistry 2.1 with its people, images and oddities becomes ours, again and again, and is itself left alone."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from sandbox.client import SregistryClient
from sandbox.image import LABELS, sha256
from sandbox.sandbox import Sandbox

from old_registry import JOINED, OldRegistry
from pushing import Pusher

CONTENT = hashlib.shake_128(b"old image").digest(400_000)
OTHER = hashlib.shake_128(b"another old image").digest(1000)
TOKENS = {name: hashlib.sha1(name.encode()).hexdigest() for name in ("dana", "erin", "frank", "grace", "heidi")}


@pytest.fixture(scope="module")
def target(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """The registry people move to."""
    return make_sandbox(users=("alice",), settings={"ENABLE_GLOBUS": "false"})


@pytest.fixture
def old(target: Sandbox) -> Iterator[OldRegistry]:
    """An empty sregistry beside it, and nothing imported yet."""
    images = target.layout.state / f"old-{secrets.token_hex(4)}"
    images.mkdir()
    with psycopg.connect(target.database.url, autocommit=True) as db:
        db.execute("delete from containers; delete from images; delete from collections; delete from audit; delete from users where username <> 'alice'")
        for path in target.layout.images.rglob("*.sif"):
            path.unlink()
    made = OldRegistry(target, f"old_{secrets.token_hex(4)}", images)
    yield made
    made.db.close()


@pytest.fixture
def full(old: OldRegistry) -> OldRegistry:
    """Two owners, a contributor, an admin, somebody who left; one public and one private collection."""
    dana, erin = old.user("Dana", TOKENS["dana"]), old.user("erin", TOKENS["erin"])
    old.user("frank", TOKENS["frank"], staff=True)
    old.user("grace", TOKENS["grace"], active=False)
    heidi = old.user("heidi", None)
    public = old.collection("tacos", [dana], [heidi], description="Green and ripe")
    private = old.collection("secret-sauce", [erin], [dana], private=True)
    old.container(public, "avocados", "latest", CONTENT)
    old.container(public, "avocados", "md5", OTHER, version="md5", whole_path=False)
    old.container(private, "salsa", "v1", CONTENT)
    return old


def run(target: Sandbox, old: OldRegistry, *more: str) -> dict[str, Any]:
    return target.program.json("import", "sregistry", "--database", old.url, "--images", str(old.images), *more)


def puller(target: Sandbox, name: str, collection: str = "secret-sauce", image: str = "salsa", tag: str = "v1") -> Pusher:
    return Pusher(target.url, name, TOKENS.get(name, "0" * 40), collection, image, tag)


def counts(**given: int) -> dict[str, int]:
    zero = dict.fromkeys(("found", "created", "updated", "unchanged", "kept", "failed"), 0)
    return {**zero, **given}


# -- all of it ----------------------------------------------------------------------------------

def test_everything_that_has_a_place_here_is_brought(target: Sandbox, full: OldRegistry) -> None:
    report = run(target, full)
    assert report["users"] == counts(found=5, created=5)
    assert report["collections"] == counts(found=2, created=2)
    assert report["members"] == counts(found=4, created=4)
    assert report["containers"] == counts(found=3, created=3)
    assert report["problems"] == [] and report["bytes"] == 2 * len(CONTENT) + len(OTHER)
    assert report["reflinked"] + report["linked"] + report["copied"] == 3


def test_images_come_back_byte_for_byte_with_the_client_and_the_old_token(target: Sandbox, full: OldRegistry, tmp_path: Path) -> None:
    run(target, full)
    client = SregistryClient(target.options.sregistry, tmp_path / "sregistry.json")
    client.write_secrets(target.url, "Dana", TOKENS["dana"])  # as it stands in her file
    for name in ("tacos/avocados:latest", "secret-sauce/salsa:v1"):
        pulled = client.pull(name, tmp_path / "pulled.sif")
        assert pulled.returncode == 0 and sha256(tmp_path / "pulled.sif") == hashlib.sha256(CONTENT).hexdigest(), pulled.stdout
    pushed = client.push(tmp_path / "pulled.sif", "tacos/new:v1")
    assert pushed.returncode == 0 and "Upload Complete" in pushed.stdout


def test_rights_are_what_they_were(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    may_read = {name: puller(target, name).manifest(sign=True).status_code for name in ("dana", "erin", "frank", "grace")}
    assert may_read == {"dana": 200, "erin": 200, "frank": 200, "grace": 403}
    assert puller(target, "dana").manifest().status_code == 403, "private"
    may_push = {name: puller(target, name).ask().status_code for name in ("dana", "erin", "frank", "grace")}
    assert may_push == {"dana": 403, "erin": 200, "frank": 200, "grace": 403}
    users = {user["username"]: (user["admin"], user["active"]) for user in target.program.json("user", "list")["items"]}
    assert users["frank"] == (True, True) and users["grace"] == (False, False) and users["dana"] == (False, True)


def test_dates_and_descriptions_stay(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    manifest = puller(target, "dana", "tacos", "avocados", "latest").manifest().json()
    assert manifest["add_date"].startswith(JOINED[:-1]) and manifest["version"] == f"sha256.{hashlib.sha256(CONTENT).hexdigest()}"
    found = requests.get(f"{target.url}/api/portal/collections?q=tacos", timeout=60).json()["items"][0]
    assert found["description"] == "Green and ripe" and found["owners"] == ["dana"]


def test_the_old_registry_is_left_alone(target: Sandbox, full: OldRegistry) -> None:
    before = full.contents()
    run(target, full)
    assert full.contents() == before


def test_who_was_brought_has_no_password_until_one_is_set(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    login = {"username": "dana", "password": "a password of hers"}
    assert requests.post(f"{target.url}/api/login", json=login, timeout=60).status_code == 401
    target.program.run("user", "passwd", "dana", "--password-stdin", input=login["password"] + "\n")
    assert requests.post(f"{target.url}/api/login", json=login, timeout=60).status_code == 200


# -- dry run ------------------------------------------------------------------------------------

def state(target: Sandbox) -> list[object]:
    with psycopg.connect(target.database.url) as db:
        tables = ("users", "collections", "collection_members", "images", "containers", "audit")
        rows = [db.execute(f"select * from {table} order by 1, 2").fetchall() for table in tables]
    return [*rows, *sorted(target.layout.images.rglob("*"))]


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(target: Sandbox, full: OldRegistry) -> None:
    before = state(target)
    dry = run(target, full, "--dry-run")
    assert state(target) == before and dry["dry_run"] is True
    real = run(target, full)
    for kind in ("users", "collections", "members", "containers"):
        assert dry[kind] == real[kind]
    assert dry["bytes"] == real["bytes"] and dry["problems"] == real["problems"] == []


# -- again --------------------------------------------------------------------------------------

def test_a_second_run_changes_nothing_and_reads_no_file_again(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    before = state(target)
    for path in full.images.rglob("*.sif"):
        if OTHER != path.read_bytes():
            path.chmod(0)
            path.unlink()
    again = run(target, full)
    assert state(target) == before
    assert again["users"] == counts(found=5, unchanged=5) and again["collections"] == counts(found=2, unchanged=2)
    assert again["members"] == counts(found=4, unchanged=4) and again["containers"] == counts(found=3, unchanged=3)


def test_what_changed_there_is_brought_by_the_next_run(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    fresh = "ab" * 20
    full.db.execute("update authtoken_token set key = %s where user_id = (select id from users_user where username = 'Dana')", [fresh])
    full.db.execute("update users_user set is_active = false where username = 'erin'")
    full.db.execute("update main_collection set private = true where name = 'tacos'")
    full.push(1, CONTENT[::-1])
    full.container(1, "limes", "v1", OTHER)
    again = run(target, full)
    assert (again["users"]["updated"], again["collections"]["updated"]) == (2, 1)
    assert (again["containers"]["updated"], again["containers"]["created"]) == (1, 1)
    dana = Pusher(target.url, "dana", fresh, "tacos", "avocados")
    assert dana.manifest().status_code == 403 and dana.stored_digest() == hashlib.sha256(CONTENT[::-1]).hexdigest()
    assert puller(target, "erin").manifest(sign=True).status_code == 403


def test_what_changed_here_is_kept(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    token = target.program.json("user", "token", "dana")["token"]
    dana = Pusher(target.url, "dana", token, "tacos", "avocados")
    assert dana.push(b"pushed to the new registry").status_code == 200
    again = run(target, full)
    assert again["users"]["kept"] == 1 and again["containers"]["kept"] == 1
    assert dana.stored_digest() == hashlib.sha256(b"pushed to the new registry").hexdigest()


def test_a_user_who_was_here_before_keeps_his_token_and_gets_his_memberships(target: Sandbox, old: OldRegistry) -> None:
    alice = old.user("alice", "cd" * 20, superuser=True)
    old.collection("hers", [alice])
    report = run(target, old)
    assert report["users"] == counts(found=1, kept=1)
    mine = Pusher(target.url, "alice", target.user("alice")["token"], "hers")
    assert mine.push(b"x").status_code == 200
    assert Pusher(target.url, "alice", "cd" * 20, "hers").ask().status_code == 403
    assert next(u for u in target.program.json("user", "list")["items"] if u["username"] == "alice")["admin"] is False


# -- what cannot be brought ---------------------------------------------------------------------

def test_what_cannot_be_brought_is_told_with_its_reason_and_stops_nothing(target: Sandbox, full: OldRegistry) -> None:
    old, outside = full, full.images.parent / "outside.sif"
    outside.write_bytes(b"not of the registry")
    old.user("has blank", "ef" * 20)
    old.user("DANA", "12" * 20)
    shouting = old.db.execute("select id from users_user where username = 'DANA'").fetchone()[0]
    old.db.execute("insert into main_collection_owners (collection_id, user_id) values (2, %s)", [shouting])
    odd = old.collection("odd collection!", [shouting])
    old.container(odd, "x", "v1", OTHER)
    old.container(1, "user/built", "latest", OTHER)
    old.container(1, "elsewhere", "latest", None)
    old.container(1, "lost", "latest", OTHER)
    (old.images / old.path("tacos", "lost", "latest", OTHER)).unlink()
    old.container(1, "empty", "latest", b"")
    old.container(1, "damaged", "latest", OTHER, version="sha256." + "0" * 64)
    old.container(1, "tag", "t" * 129, OTHER)
    old.container(1, "up", "latest", OTHER)
    old.db.execute("update api_imagefile set datafile = '/var/www/images/../outside.sif' where name = 'up'")
    old.container(1, "link", "latest", OTHER)
    link = old.images / old.path("tacos", "link", "latest", OTHER)
    link.unlink()
    link.symlink_to(outside)

    report = run(target, old)
    told = {(problem["kind"], problem["name"]): problem["reason"] for problem in report["problems"]}
    expected = {
        ("user", "has blank"): "username:", ("user", "dana"): "upper and lower case", ("collection", "odd collection!"): "a-z",
        ("member", "secret-sauce, dana"): "user was not brought", ("member", "odd collection!, dana"): "collection was not brought",
        ("container", "odd collection!/x:v1"): "collection was not brought", ("container", "tacos/user/built:latest"): "name:",
        ("container", "tacos/elsewhere:latest"): "no file", ("container", "tacos/lost:latest"): "no such file",
        ("container", "tacos/empty:latest"): "empty", ("container", "tacos/damaged:latest"): "damaged",
        ("container", f"tacos/tag:{'t' * 129}"): "tag:", ("container", "tacos/up:latest"): "not a path below",
        ("container", "tacos/link:latest"): "symbolic link",
    }
    assert set(told) == set(expected), told
    assert not {key: told[key] for key, word in expected.items() if word not in told[key]}
    assert report["containers"]["created"] == 3 and report["containers"]["failed"] == 9
    assert puller(target, "dana").manifest(sign=True).status_code == 200, "Dana is still Dana"
    assert Pusher(target.url, "dana", "12" * 20, "secret-sauce", "salsa", "v1").manifest(sign=True).status_code == 403


def test_what_has_no_place_here_is_counted(target: Sandbox, full: OldRegistry) -> None:
    full.container(1, "cold", "v1", OTHER, frozen=True)
    full.db.execute("insert into main_star (collection_id, user_id) values (1, 1); insert into users_team (name, permission) values ('a-team', 'open'); "
                    "insert into main_share (expire_date, container_id) values (now() + interval '1 day', 1), (now() - interval '1 day', 1)")
    report = run(target, full)
    assert {kind: report[kind] for kind in ("shares", "stars", "teams", "frozen")} == {"shares": 1, "stars": 1, "teams": 1, "frozen": 1}


def test_labels_and_free_tags_come_along(target: Sandbox, full: OldRegistry, sif: Path) -> None:
    own = full.container(1, "labelled", "v1", sif.read_bytes())
    full.db.execute(f"""
        insert into main_label (id, key, value) values (1, 'MAINTAINER', 'x'), (2, 'org.label-schema.name', 'another'), (3, 'LONG', repeat('ü', 250));
        insert into main_label_containers (label_id, container_id) values (1, {own}), (2, {own}), (3, {own});
        insert into django_content_type (id, app_label, model) values (7, 'main', 'container') on conflict do nothing;
        insert into taggit_tag (id, name, slug) values (8, 'gpu', 'gpu'), (9, 'bio', 'bio');
        insert into taggit_taggeditem (object_id, content_type_id, tag_id) values ({own}, 7, 8), ({own}, 7, 9)""")
    assert run(target, full, "--dry-run")["labels"] == counts(found=4, created=4)
    assert run(target, full)["labels"] == counts(found=4, created=4)
    target.program.run("agent", "once")  # reads the file, whose own labels win
    assert run(target, full)["labels"] == counts(found=4, unchanged=4)
    with psycopg.connect(target.database.url) as db:
        rows = db.execute("select l.name, l.value from image_labels l join containers k using (image_id) where k.name = 'labelled'").fetchall()
        assert dict(rows) == {**LABELS, "MAINTAINER": "x", "LONG": "ü" * 250, "tags": "bio, gpu"}
    newer = Pusher(target.url, "dana", TOKENS["dana"], "tacos", "labelled", "v1")
    assert newer.push(b"pushed here since").status_code == 200
    assert run(target, full)["labels"] == counts(found=4, kept=4)


# -- bytes --------------------------------------------------------------------------------------

def stored(target: Sandbox) -> list[Path]:
    return sorted(target.layout.images.rglob("*.sif"))


def shares_blocks(report: dict[str, Any]) -> bool:
    return report["reflinked"] > 0


def test_a_file_on_the_same_disk_is_not_copied(target: Sandbox, old: OldRegistry) -> None:
    old.container(old.collection("same-disk", []), "x", "v1", CONTENT)
    report = run(target, old)
    (path,) = stored(target)
    assert report["copied"] == 0 and path.read_bytes() == CONTENT
    if not shares_blocks(report):
        assert report["linked"] == 1 and path.stat().st_nlink == 2


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_a_file_whose_mode_would_not_do_here_is_copied(target: Sandbox, old: OldRegistry, mode: int) -> None:
    old.container(old.collection("modes", []), "x", "v1", CONTENT, mode=mode)
    report = run(target, old)
    (path,) = stored(target)
    assert path.read_bytes() == CONTENT and path.stat().st_nlink == 1 and path.stat().st_mode & 0o777 == 0o640
    assert shares_blocks(report) or report["copied"] == 1


def test_a_file_on_another_disk_is_copied(target: Sandbox, old: OldRegistry) -> None:
    elsewhere = Path(f"/dev/shm/transload-import-{secrets.token_hex(4)}")
    if not elsewhere.parent.is_dir() or elsewhere.parent.stat().st_dev == target.layout.images.stat().st_dev:
        pytest.skip("no other file system here")
    elsewhere.mkdir()
    try:
        old.images = elsewhere
        old.container(old.collection("far", []), "x", "v1", CONTENT)
        assert run(target, old)["copied"] == 1 and [path.read_bytes() for path in stored(target)] == [CONTENT]
    finally:
        for path in sorted(elsewhere.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        elsewhere.rmdir()


def test_deleting_the_old_files_takes_nothing_away(target: Sandbox, full: OldRegistry) -> None:
    run(target, full)
    for path in full.images.rglob("*.sif"):
        path.unlink()
    image = puller(target, "dana").manifest(sign=True).json()["image"]
    assert requests.get(image, timeout=60).content == CONTENT


# -- the command --------------------------------------------------------------------------------

@pytest.mark.parametrize(("arguments", "word"), [
    ([], "--database is missing"), (["--database", "{db}"], "--images is missing"), (["--images", "/"], "--database is missing"),
    (["--database", "{db}", "--images", "/nowhere"], "/nowhere is not a directory"),
    (["--database", "host=/nowhere", "--images", "{images}"], "cannot be reached"),
    (["--database", "{own}", "--images", "{images}"], "is not the database of an sregistry 2.1"),
])
def test_a_wrong_command_line_is_refused_with_what_is_wrong(target: Sandbox, old: OldRegistry, arguments: list[str], word: str) -> None:
    before = state(target)
    filled = [a.format(db=old.url, images=old.images, own=target.database.url) for a in arguments]
    done = target.program.run("import", "sregistry", *filled, check=False)
    assert done.returncode == 2 and word in done.stderr and state(target) == before, done.stderr


def test_the_report_for_people_names_counts_and_problems(target: Sandbox, full: OldRegistry) -> None:
    full.container(1, "elsewhere", "latest", None)
    done = target.program.run("import", "sregistry", "--database", full.url, "--images", str(full.images))
    assert "users" in done.stdout and "failed: container tacos/elsewhere:latest: it has no file" in done.stdout
    assert "passwords" in done.stdout and json.dumps(TOKENS["dana"])[1:-1] not in done.stdout
