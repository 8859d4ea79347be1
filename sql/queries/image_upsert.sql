-- The row of these bytes in this collection, made if it is missing; its lock keeps the sweep away until the transaction ends.
-- other_collection: one that holds the same bytes already, null when none does. is_damaged: its file must be replaced.
-- $1 collection id · $2 sha256 · $3 size
-- expects: one
insert into images (collection_id, sha256, size_bytes) values ($1::bigint, $2::bytea, $3::bigint)
on conflict (collection_id, sha256) do update set size_bytes = images.size_bytes
returning id, damaged_at is not null as is_damaged,
    (select o.collection_id from images o where o.sha256 = $2 and o.collection_id <> $1 and o.damaged_at is null limit 1) as other_collection;
