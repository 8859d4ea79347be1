-- Containers the viewer may read, in the order in which they came; a page.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 rows · $4 how many are left out before them
-- expects: many
select k.id, k.collection_id, c.name as collection, k.name, k.tag, c.is_private, k.is_frozen, m.role::text as membership, k.image_id,
    encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us
from containers k
join collections c on c.id = k.collection_id
join images i on i.id = k.image_id
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
where $2::boolean or not c.is_private or m.role is not null
order by k.id
limit $3::bigint offset $4::bigint;
