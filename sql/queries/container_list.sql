-- Containers of one collection, last pushed first; one page. The caller may read the collection.
-- $1 collection id · $2, $3 microseconds and id of the row after which the page begins, null for the first · $4 rows
-- expects: many
select k.id, k.name, k.tag, k.is_frozen, k.image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us
from containers k
join images i on i.id = k.image_id
where k.collection_id = $1::bigint
    and ($2::bigint is null or (k.updated_at, k.id) < (timestamptz 'epoch' + $2 * interval '1 microsecond', $3::bigint))
order by k.updated_at desc, k.id desc
limit $4::bigint;
