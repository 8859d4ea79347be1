-- Point a tag at an image that was brought; a new tag keeps the date it had. The collection's first owner pays for it.
-- $1 collection id · $2 name · $3 tag · $4 image id · $5 created (Unix seconds) · $6 collection/name:tag · $7 request id
-- expects: one
with brought as (
    insert into containers (collection_id, name, tag, image_id, created_at, updated_at, pushed_by)
    values ($1::bigint, $2::text, $3::text, $4::bigint, to_timestamp($5::double precision), to_timestamp($5::double precision),
        (select m.user_id from collection_members m
            where m.collection_id = $1 and m.role = 'owner' order by m.created_at, m.user_id limit 1))
    on conflict (collection_id, name, tag) do update set image_id = excluded.image_id, pushed_by = excluded.pushed_by, updated_at = now()
    returning id
), noted as (
    insert into audit (action, subject, request_id, collection_id) values ('image.import', $6::text, $7::text, $1)
)
select id from brought;
