-- One container, if the user may read it with the rights he has now.
-- $1 user id (0, unknown or deactivated: visitor) · $2 id · $3 image id: what it points at or pointed at earlier, null: what it points at
-- expects: one
select k.id, k.collection_id, c.name as collection, k.name, k.tag, c.is_private, k.is_frozen, m.role::text as membership,
    i.id as image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us, u.id as user_id, u.is_admin
from containers k
join collections c on c.id = k.collection_id
join images i on i.id = coalesce($3::bigint, k.image_id)
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
left join users u on u.id = $1 and u.is_active
where k.id = $2::bigint and (not c.is_private or (u.id is not null and (u.is_admin or m.role is not null)))
    and (i.id = k.image_id or exists (select from container_versions v where v.container_id = k.id and v.image_id = i.id));
