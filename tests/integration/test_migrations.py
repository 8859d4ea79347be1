"""A migration is there or not, whatever happens to it: the server ends the connection behind every single statement."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from pushing import Pusher

LAST = len(list((REPOSITORY / "sql/migrations").glob("*.sql")))

# The counter is a sequence: unlike all else here it does not go back with the transaction. Each statement that defines something and each
# row of schema_migrations counts; at the number that is set, the connection ends, as in a crash or a fail-over.
DRILL = """
create schema drill;
create sequence drill.seen;
create table drill.deadly (n bigint not null);
insert into drill.deadly values (0);
create table drill.shapes (version integer primary key, shape text not null);

create function drill.count() returns void language plpgsql as $$
begin
    if nextval('drill.seen') = (select n from drill.deadly) then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(10); -- ends here
    end if;
end $$;

-- Everything a program could meet: columns with types and defaults, constraints, indexes, views, types, functions, triggers.
create function drill.shape() returns text language sql set search_path = pg_catalog as $$
    select coalesce(string_agg(line, E'\\n' order by line), '') from (
        select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
               || coalesce(pg_get_expr(d.adbin, d.adrelid), '') as line
          from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
         where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
        union all
        select 'constraint ' || conname || ' ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace
        union all
        select 'index ' || pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
         where c.relnamespace = 'public'::regnamespace
        union all
        select 'view ' || c.oid::regclass || ' ' || pg_get_viewdef(c.oid) from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
        union all
        select 'value ' || enumtypid::regtype || ' ' || enumlabel from pg_enum
        union all
        select 'function ' || p.oid::regprocedure || ' ' || md5(coalesce(p.prosrc, '')) from pg_proc p where p.pronamespace = 'public'::regnamespace
        union all
        select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal and tgrelid::regclass::text <> 'public.schema_migrations'
        union all
        select 'extension ' || extname from pg_extension) lines
$$;

create table public.schema_migrations (
    version integer primary key, name text not null, applied_at timestamptz not null default now());

create function drill.on_event() returns event_trigger language plpgsql as $$ begin perform drill.count(); end $$;
create function drill.on_record() returns trigger language plpgsql as $$
begin
    insert into drill.shapes values (new.version, drill.shape());
    perform drill.count();
    return null;
end $$;
create trigger record after insert on public.schema_migrations for each row execute function drill.on_record();
create event trigger drill on ddl_command_end execute function drill.on_event();
"""


class Database:
    """An empty one, on which migrations are counted."""

    def __init__(self, sandbox: Sandbox, name: str, settings: Path) -> None:
        self.program = sandbox.program
        self.url = sandbox.database.url.removesuffix("/transload") + f"/{name}"
        self.settings = settings
        with psycopg.connect(sandbox.database.url, autocommit=True) as db:
            db.execute(f"create database {name}")
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{key}={value}\n" for key, value in {**sandbox.settings(), "DATABASE_URL": self.url}.items()))
        self.ask(DRILL)

    def ask(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute(sql)

    def migrate(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.program.binary, "migrate", "--settings", self.settings], capture_output=True, text=True, timeout=120, cwd="/",
                              env={"PATH": "/usr/bin:/bin", **self.program.environment})

    def migrate_and_die_at(self, statement: int) -> subprocess.CompletedProcess[str]:
        """Counted from where it begins."""
        self.ask(f"select setval('drill.seen', 1, false); update drill.deadly set n = {statement}")
        return self.migrate()

    def state(self) -> tuple[int, str, int]:
        """Version, shape, statements seen by the last run."""
        with psycopg.connect(self.url) as db:
            return db.execute("select (select coalesce(max(version), 0) from public.schema_migrations), drill.shape(), "
                              "(select last_value from drill.seen)").fetchone()

    def shapes(self) -> dict[int, str]:
        with psycopg.connect(self.url) as db:
            return dict(db.execute("select version, shape from drill.shapes").fetchall())


@pytest.fixture
def make_database(sandbox: Sandbox, tmp_path: Path) -> Iterator[list[Database]]:
    names = [f"whole_{os.getpid()}", f"killed_{os.getpid()}"]
    yield [Database(sandbox, name, tmp_path / f"{name}.conf") for name in names]
    with psycopg.connect(sandbox.database.url, autocommit=True) as db:
        for name in names:
            db.execute(f"drop database if exists {name} with (force)")


def test_a_migration_that_dies_at_any_statement_is_there_or_not(make_database: list[Database]) -> None:
    whole, killed = make_database
    empty = whole.state()[1]
    assert whole.migrate().returncode == 0
    shapes = {0: empty, **whole.shapes()}
    assert sorted(shapes) == list(range(LAST + 1)) and len(set(shapes.values())) > LAST // 2

    version, deaths, statement = 0, 0, 1
    while True:
        done = killed.migrate_and_die_at(statement)
        now, shape, seen = killed.state()
        assert shape == shapes[now], f"between {now} and {now + 1}, killed at statement {statement} after version {version}"
        if done.returncode == 0:
            break
        deaths += 1
        assert seen == statement and now >= version, done.stderr
        # Died in the migration after another was committed: its statements are counted anew.
        version, statement = (version, statement + 1) if now == version else (now, 2)
    assert now == LAST and deaths > 3 * LAST, f"{deaths} deaths in {LAST} migrations"
    print(f"{deaths} deaths in {LAST} migrations: old or new each time")


@pytest.fixture
def newer_schema(sandbox: Sandbox, db: psycopg.Connection) -> Iterator[Callable[[int], None]]:
    """The host beside this one was upgraded and has migrated: a step further, good for programs from the given schema on."""

    def migrate(works_with: int) -> None:
        db.execute("alter table containers add column if not exists future text not null default 'later'")
        db.execute("insert into schema_migrations (version, name, works_with) values (%(version)s, 'future', %(works_with)s) "
                   "on conflict (version) do update set works_with = %(works_with)s", {"version": LAST + 1, "works_with": works_with})
        # Each worker connects anew, and looks at the schema as if it had just been started.
        db.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")

    yield migrate
    db.execute("alter table containers drop column future")
    db.execute("delete from schema_migrations where version > %s", [LAST])
    wait_for("service", sandbox.is_ready, 60)


def test_a_program_goes_on_beside_a_newer_schema_that_it_can_live_with(sandbox: Sandbox, newer_schema: Callable[[int], None], pusher: Callable[..., Pusher],
                                                                       person: Callable[[str], Person]) -> None:
    newer_schema(LAST)
    wait_for("service", sandbox.is_ready, 60)
    image = pusher()
    assert image.push(b"while the other host is newer").status_code == 200
    manifest = person("alice").json(f"/api/container/{image.uri}")
    assert requests.get(manifest["image"], timeout=60).content == b"while the other host is newer"
    assert sandbox.program.run("agent", "once").returncode == 0


def test_a_program_that_cannot_live_with_a_newer_schema_says_what_to_do(sandbox: Sandbox, newer_schema: Callable[[int], None]) -> None:
    newer_schema(LAST + 1)
    wait_for("the refusal", lambda: requests.get(f"{sandbox.url}/readyz", timeout=60).status_code == 503)
    said = requests.get(f"{sandbox.url}/readyz", timeout=60).json()["detail"]
    assert f"schema version {LAST + 1}, this program knows {LAST}: install the newer program" in said
    assert "install the newer program" in sandbox.program.run("migrate", check=False).stderr
