-- A share link for what a container points at.
-- $1 hash of the secret · $2 container id · $3 image id · $4 who · $5 days it stays valid
-- expects: one
insert into share_links (secret_hash, container_id, image_id, created_by, expires_at)
values ($1::bytea, $2::bigint, $3::bigint, $4::bigint, now() + make_interval(days => $5::integer))
returning id, extract(epoch from created_at)::bigint as created_at, extract(epoch from expires_at)::bigint as expires_at;
