-- The collections a user owns, with what is stored in them, fullest first.
-- $1 user id · $2 COLLECTION_QUOTA · $3 rows
-- expects: many
select c.id, c.name, coalesce(c.quota_bytes, $2::bigint) as limit_bytes,
    coalesce(u.used, 0) as used_bytes
from collection_members m
join collections c on c.id = m.collection_id
left join lateral (
    select sum(i.size_bytes) as used from images i
    where i.collection_id = c.id and exists (select from containers k where k.image_id = i.id)
) u on true
where m.user_id = $1::bigint and m.role = 'owner'
order by coalesce(u.used, 0) desc, c.name
limit $3::bigint;
