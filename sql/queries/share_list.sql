-- Share links of a container that have not expired, newest first.
-- $1 container id
-- expects: many
select s.id, u.username as created_by, encode(i.sha256, 'hex') as sha256,
    extract(epoch from s.created_at)::bigint as created_at, extract(epoch from s.expires_at)::bigint as expires_at
from share_links s
join users u on u.id = s.created_by
join images i on i.id = s.image_id
where s.container_id = $1::bigint and s.expires_at > now()
order by s.id desc
limit 200;
