"""Lists over few images and over many."""

from __future__ import annotations

import statistics
import time

import psycopg
import requests

from measure import Scale, tell
from place import Place

FEW = 1_000
PER_COLLECTION = 10
REPEATS = 40
PAGES = ("/api/portal/collections", "/api/portal/collections?q=collection-5", "/api/portal/search?q=image", "/api/portal/search?q=image-77",
         "/api/portal/search?q=person-7+amd64", "/api/portal/search?q=nowhere", "/api/container/search/name/image-77",
         "/api/labels/search/maintainer/key/person-77/value", "/api/collections?limit=10", "/api/collections")

FILL = """
with new as (
    insert into collections (name, is_private)
    select 'bench/collection-' || n, false from generate_series(%(first)s::bigint, %(last)s::bigint) n
    returning id
), stored as (
    insert into images (collection_id, sha256, size_bytes)
    select new.id, sha256(convert_to(new.id || ':' || k, 'UTF8')), 1000 from new, generate_series(1, %(each)s) k
    returning id, collection_id
)
insert into containers (collection_id, name, tag, image_id)
select collection_id, 'image-' || id, 'latest', id from stored
"""
LABELS = """
insert into image_labels (image_id, name, value)
select i.id, l.name, l.value
from images i, lateral (values ('maintainer', 'person-' || i.id %% 10000), ('org.label-schema.build-arch', 'amd64')) l (name, value)
where not exists (select from image_labels o where o.image_id = i.id)
"""


def fill(place: Place, first: int, last: int) -> None:
    """Containers number ``first`` + 1 to ``last``, by SQL alone: no list reads a file. What search needs is made once, not row by row."""
    with psycopg.connect(place.sandbox.database.url) as database:
        words = database.execute("select pg_get_indexdef('containers_document'::regclass)").fetchone()[0]
        database.execute("drop index containers_document")
        database.execute("alter table containers disable trigger user; alter table image_labels disable trigger user")
        database.execute(FILL, {"first": first // PER_COLLECTION + 1, "last": last // PER_COLLECTION, "each": PER_COLLECTION})
        database.execute(LABELS, {})
        database.execute("alter table containers enable trigger user; alter table image_labels enable trigger user")
        database.execute("update containers set document = search_document(collection_id, name, tag, image_id) where document = ''")
        database.execute(words)
    with psycopg.connect(place.sandbox.database.url, autocommit=True) as database:
        database.execute("vacuum analyze")


def milliseconds(session: requests.Session, url: str, repeats: int) -> float:
    seen = []
    for _ in range(repeats):
        began = time.perf_counter()
        answer = session.get(url, timeout=120)
        seen.append(time.perf_counter() - began)
        answer.raise_for_status()
    return 1000 * statistics.median(seen)


def lists(place: Place, scale: Scale) -> None:
    """Time of a page with many images against the same with few."""
    session = requests.Session()
    session.headers["Cookie"] = place.sign_in()
    seen = []
    there = 0
    for count in (FEW, scale.images):
        fill(place, there, count)
        there = count
        seen.append({page: milliseconds(session, place.ours + page, 3 if page == "/api/collections" else REPEATS) for page in PAGES})
    for page in PAGES:
        tell(f"{page}, {scale.images} / {FEW}", seen[1][page], seen[0][page], "ms", "<= 1.5")
