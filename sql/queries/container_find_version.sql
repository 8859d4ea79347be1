-- The container that holds these bytes, now or as an earlier content; the tag that was named before others, whoever asks.
-- $1 viewer's user id (0: visitor) · $2 collection · $3 name · $4 tag · $5 sha256 (hex)
-- expects: maybe
select k.id, k.collection_id, c.name as collection, k.name, k.tag, c.is_private, k.is_frozen, m.role::text as membership,
    i.id as image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us
from collections c
join images i on i.collection_id = c.id and i.sha256 = decode($5::text, 'hex')
join containers k on k.collection_id = c.id and k.name = $3::text
left join container_versions v on v.container_id = k.id and v.image_id = i.id
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
where c.name = $2::text and (k.image_id = i.id or v.id is not null)
order by k.tag = $4::text desc, k.image_id = i.id desc, k.id
limit 1;
