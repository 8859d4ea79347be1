-- Of a tag's earlier contents keep the newest; the images of the others are left to the sweep.
-- $1 container id · $2 how many
-- expects: none
delete from container_versions
where id in (select id from container_versions where container_id = $1::bigint order by id desc offset $2::bigint);
