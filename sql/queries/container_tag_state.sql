-- What a tag points at. No row: there is none of that name.
-- $1 collection id · $2 name · $3 tag
-- expects: maybe
select id, image_id, is_frozen from containers
where collection_id = $1::bigint and name = $2::text and tag = $3::text
for update;
