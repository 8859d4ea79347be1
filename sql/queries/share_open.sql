-- What a share link hands out, and who made it: his right to share is judged now. No row: unknown, expired, revoked, or the image is gone.
-- $1 hash of the secret · $2 container id
-- expects: maybe
select k.id, k.collection_id, c.name as collection, k.name, k.tag, c.is_private, k.is_frozen, m.role::text as membership,
    i.id as image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us, u.id as user_id, u.is_admin
from share_links s
join containers k on k.id = s.container_id
join collections c on c.id = k.collection_id
join images i on i.id = s.image_id
join users u on u.id = s.created_by and u.is_active
left join collection_members m on m.collection_id = c.id and m.user_id = u.id
where s.secret_hash = $1::bytea and s.container_id = $2::bigint and s.expires_at > now()
    and (i.id = k.image_id or exists (select from container_versions v where v.container_id = k.id and v.image_id = i.id));
