-- Forget one earlier content of a tag.
-- $1 container id · $2 sha256 (hex)
-- expects: none
delete from container_versions v
using images i
where v.container_id = $1::bigint and i.id = v.image_id and i.sha256 = decode($2::text, 'hex');
