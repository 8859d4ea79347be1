-- Images in the order of their digests, so that the several names of the same bytes follow one another.
-- $1 sha256 after which · $2 collection id after which · $3 rows
-- expects: many
select i.id, i.collection_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged
from images i
where (i.sha256, i.collection_id) > ($1::bytea, $2::bigint)
order by i.sha256, i.collection_id
limit $3::bigint;
