-- End a share link.
-- $1 container id · $2 id
-- expects: none
delete from share_links where container_id = $1::bigint and id = $2::bigint;
