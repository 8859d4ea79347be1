-- Some containers of one collection, or all, by name. The caller may read the collection.
-- $1 collection id · $2 ids (bigint[]), null for all · $3 rows
-- expects: many
select k.id, k.name, k.tag, k.is_frozen, k.image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us
from containers k
join images i on i.id = k.image_id
where k.collection_id = $1::bigint and ($2::bigint[] is null or k.id = any($2::bigint[]))
order by k.name, k.tag, k.id
limit $3::bigint;
