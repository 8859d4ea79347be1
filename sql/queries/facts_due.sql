-- Images that nobody has read the facts of, by number.
-- $1 after this number · $2 rows
-- expects: many
select id, collection_id, encode(sha256, 'hex') as sha256, size_bytes
from images
where facts_at is null and damaged_at is null and id > $1::bigint
order by id
limit $2::bigint;
