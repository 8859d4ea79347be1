-- A tag is about to move: remember what it points at, and forget that the new image was an earlier one.
-- $1 container id · $2 image id that it moves to
-- expects: none
with back as (
    delete from container_versions where container_id = $1::bigint and image_id = $2::bigint
)
insert into container_versions (container_id, image_id, pushed_at)
select id, image_id, updated_at from containers where id = $1 and image_id <> $2;
