-- Whose Globus identity it is, and whether the connection behind it still works (no token, or a dead one: it does not).
-- $1 identity (uuid)
-- expects: maybe
select u.id, u.username, u.is_admin, u.is_active, extract(epoch from u.created_at)::bigint as created_at,
    not l.is_dead and exists (select from globus_tokens t where t.user_id = l.user_id) as is_connected
from globus_links l
join users u on u.id = l.user_id
where l.identity_id = $1::uuid;
