-- Delete a container and note who did it. No row: there is none, or it is frozen.
-- $1 id · $2 who · $3 collection/name:tag · $4 request id · $5 address
-- expects: one
with gone as (
    delete from containers where id = $1::bigint and not is_frozen returning id, collection_id
), touched as (
    update collections set updated_at = now() where id in (select collection_id from gone)
), noted as (
    insert into audit (user_id, action, subject, request_id, collection_id, address)
    select $2::bigint, 'image.delete', $3::text, $4::text, collection_id, coalesce($5::text, '') from gone
)
select id from gone;
