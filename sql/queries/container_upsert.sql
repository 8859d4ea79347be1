-- Point a tag at an image, keeping its id; the image it had is left to the sweep. The collection counts as changed. No row: the tag is frozen.
-- $1 collection id · $2 name · $3 tag · $4 image id · $5 who · $6 collection/name:tag · $7 request id · $8 what is noted · $9 address
-- expects: maybe
with pushed as (
    insert into containers (collection_id, name, tag, image_id, pushed_by) values ($1::bigint, $2::text, $3::text, $4::bigint, $5::bigint)
    on conflict (collection_id, name, tag) do update set image_id = excluded.image_id, pushed_by = excluded.pushed_by, updated_at = now()
    where not containers.is_frozen
    returning id, created_at, updated_at
), touched as (
    update collections set updated_at = now() where id = $1
), noted as (
    insert into audit (user_id, action, subject, request_id, collection_id, address)
    select $5::bigint, $8::text, $6::text, $7::text, $1, coalesce($9::text, '') from pushed
)
select id,
    (extract(epoch from created_at) * 1000000)::bigint as created_us,
    (extract(epoch from updated_at) * 1000000)::bigint as updated_us
from pushed;
