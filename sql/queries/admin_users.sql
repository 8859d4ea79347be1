-- Users by name, after the one a cursor names, with what they store and own. Nothing of their Globus account but that there is one.
-- $1 part of the name ('': any) · $2 the last name of the page before ('': from the start) · $3 USER_QUOTA (bytes, bigint) · $4 most rows (bigint)
-- expects: many
select u.username, u.is_admin, u.is_active, extract(epoch from u.created_at)::bigint as created_at,
    (select extract(epoch from max(s.last_seen_at))::bigint from sessions s where s.user_id = u.id) as last_seen_at,
    (select coalesce(sum(i.size_bytes), 0) from images i
        where i.id in (select k.image_id from containers k where k.pushed_by = u.id)) as stored_bytes,
    coalesce(u.quota_bytes, $3::bigint) as quota_bytes,
    (select count(*) from collection_members m where m.user_id = u.id and m.role = 'owner') as collections,
    exists (select from globus_links l where l.user_id = u.id and not l.is_dead) as is_connected
from users u
where u.username > $2::text and strpos(u.username, $1::text) > 0
order by u.username
limit $4::bigint;
