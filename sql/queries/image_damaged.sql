-- Damaged images and the tags that show them, the latest found first.
-- $1 rows
-- expects: many
select i.collection_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, extract(epoch from i.damaged_at)::bigint as damaged_at,
    (select string_agg(c.name || '/' || k.name || ':' || k.tag, ' ' order by k.id)
        from containers k join collections c on c.id = k.collection_id where k.image_id = i.id) as uris
from images i
where i.damaged_at is not null
order by i.damaged_at desc, i.id desc
limit $1::bigint;
