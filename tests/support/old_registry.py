"""An sregistry 2.1 as an import finds it: a database with the tables and columns that Django made, and a directory of images."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import psycopg

from sandbox.sandbox import Sandbox

# Only types and names matter here; of columns that no import reads, those that Django fills without a default are left out.
SCHEMA = """
create table users_user (id serial primary key, password varchar(128) not null, last_login timestamptz, is_superuser boolean not null,
    username varchar(150) not null unique, first_name varchar(30) not null, last_name varchar(150) not null, email varchar(254) not null,
    is_staff boolean not null, is_active boolean not null, date_joined timestamptz not null, active boolean not null,
    agree_terms boolean not null, agree_terms_date timestamptz);
create table authtoken_token (key varchar(40) primary key, created timestamptz not null, user_id integer not null unique references users_user);
create table users_team (id serial primary key, name varchar(50) not null unique, permission varchar(100) not null);
create table main_collection (id serial primary key, name varchar(250) not null unique, add_date timestamptz not null,
    modify_date timestamptz not null, secret varchar(200) not null, metadata jsonb not null, private boolean not null);
create table main_collection_owners (id serial primary key, collection_id integer not null references main_collection,
    user_id integer not null references users_user, unique (collection_id, user_id));
create table main_collection_contributors (id serial primary key, collection_id integer not null references main_collection,
    user_id integer not null references users_user, unique (collection_id, user_id));
create table api_imagefile (id serial primary key, created timestamptz not null, collection varchar(200) not null, tag varchar(200) not null,
    name varchar(200) not null, metadata text not null, datafile varchar(255) not null);
create table main_container (id serial primary key, add_date timestamptz not null, metadata jsonb not null, metrics jsonb not null,
    name varchar(250) not null, tag varchar(250) not null, secret varchar(250), version varchar(250), frozen boolean not null,
    get_count integer not null, get_limit integer not null, collection_id integer not null references main_collection,
    image_id integer references api_imagefile, unique (name, tag, collection_id));
create table main_label (id serial primary key, key varchar(250) not null, value varchar(250) not null, unique (key, value));
create table main_label_containers (id serial primary key, label_id integer not null references main_label,
    container_id integer not null references main_container, unique (label_id, container_id));
create table main_share (id serial primary key, expire_date timestamptz not null, secret varchar(250), container_id integer not null);
create table main_star (id serial primary key, collection_id integer not null, user_id integer not null);
create table django_content_type (id serial primary key, app_label varchar(100) not null, model varchar(100) not null);
create table taggit_tag (id serial primary key, name varchar(100) not null unique, slug varchar(100) not null unique);
create table taggit_taggeditem (id serial primary key, object_id integer not null, content_type_id integer not null, tag_id integer not null);
"""
JOINED = "2019-05-04T03:02:01Z"
MEDIA_ROOT = "/var/www/images"


class OldRegistry:
    """Made in the sandbox's own cluster, beside the sandbox's database."""

    def __init__(self, sandbox: Sandbox, name: str, images: Path) -> None:
        with psycopg.connect(sandbox.database.url, autocommit=True) as connection:
            connection.execute(f"create database {name}")
        self.url = sandbox.database.url.rsplit("/", 1)[0] + f"/{name}"
        self.db = psycopg.connect(self.url, autocommit=True)
        self.db.execute(SCHEMA)
        self.images = images

    def _insert(self, table: str, **values: object) -> int:
        columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
        key = "key" if table == "authtoken_token" else "id"
        return self.db.execute(f"insert into {table} ({columns}) values ({places}) returning {key}", list(values.values())).fetchone()[0]

    def user(self, username: str, token: str | None, staff: bool = False, superuser: bool = False, active: bool = True) -> int:
        number = self._insert("users_user", username=username, password="pbkdf2_sha256$150000$x$y", is_superuser=superuser, first_name="",
                              last_name="", email=f"{username}@example.org", is_staff=staff, is_active=active, date_joined=JOINED, active=True,
                              agree_terms=True)
        if token:
            self._insert("authtoken_token", key=token, created=JOINED, user_id=number)
        return number

    def collection(self, name: str, owners: list[int], contributors: list[int] = (), private: bool = False, description: str = "") -> int:
        number = self._insert("main_collection", name=name, add_date=JOINED, modify_date=JOINED, secret="s", private=private,
                              metadata=json.dumps({"description": description} if description else {}))
        for table, users in (("owners", owners), ("contributors", contributors)):
            for user in users:
                self._insert(f"main_collection_{table}", collection_id=number, user_id=user)
        return number

    def path(self, collection: str, name: str, tag: str, content: bytes) -> Path:
        return Path(collection) / f"{name}:{tag}@{hashlib.md5(content).hexdigest()}.sif"

    def container(self, collection: int, name: str, tag: str, content: bytes | None, version: str = "sha256", whole_path: bool = True,
                  frozen: bool = False, mode: int = 0o644) -> int:
        """``version``: "sha256", "md5" as before the worker came by, or any text; without content there is no file."""
        image = None
        if content is not None:
            owner = self.db.execute("select name from main_collection where id = %s", [collection]).fetchone()[0]
            path = self.path(owner, name, tag[:100], content)
            (self.images / path).parent.mkdir(parents=True, exist_ok=True)
            (self.images / path).write_bytes(content)
            (self.images / path).chmod(mode)
            image = self._insert("api_imagefile", created=JOINED, collection=owner, tag=tag[:200], name=name, metadata="{}",
                                 datafile=f"{MEDIA_ROOT}/{path}" if whole_path else str(path))
            version = {"sha256": f"sha256.{hashlib.sha256(content).hexdigest()}", "md5": hashlib.md5(content).hexdigest()}.get(version, version)
        return self._insert("main_container", add_date=JOINED, metadata="{}", metrics="{}", name=name, tag=tag, version=version, frozen=frozen,
                            get_count=0, get_limit=100, collection_id=collection, image_id=image)

    def push(self, number: int, content: bytes) -> None:
        """What a new push of the tag did there, as far as an import sees it."""
        name, tag, collection = self.db.execute("select k.name, k.tag, c.name from main_container k join main_collection c on c.id = collection_id "
                                                "where k.id = %s", [number]).fetchone()
        path = self.path(collection, name, tag, content)
        (self.images / path).write_bytes(content)
        (self.images / path).chmod(0o644)
        self.db.execute("update api_imagefile set datafile = %s where id = (select image_id from main_container where id = %s)",
                        [f"{MEDIA_ROOT}/{path}", number])
        self.db.execute("update main_container set version = %s where id = %s", [f"sha256.{hashlib.sha256(content).hexdigest()}", number])

    def contents(self) -> list[object]:
        """Everything there is: rows of all tables, bytes of all files."""
        tables = [row[0] for row in self.db.execute("select tablename from pg_tables where schemaname = 'public' order by 1")]
        rows = [self.db.execute(f"select * from {table} order by 1").fetchall() for table in tables]
        return [*rows, *((path, path.read_bytes()) for path in sorted(self.images.rglob("*")) if path.is_file())]
