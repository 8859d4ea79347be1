-- The user of a live session, whether there is a password, whether the session has just begun (ten minutes), and whether its idle limit
-- is due to be moved (once a minute, not at each request).
-- $1 SHA-256 of the cookie's value (bytea) · $2 SESSION_IDLE (seconds, bigint)
-- expects: maybe
select u.id, u.username, u.is_admin, u.is_active, extract(epoch from u.created_at)::bigint as created_at,
    u.password_hash is not null as has_password, s.created_at > now() - interval '10 minutes' as is_new,
    s.last_seen_at < now() - interval '1 minute' as is_due
from sessions s
join users u on u.id = s.user_id
where s.id_hash = $1::bytea
    and s.expires_at > now()
    and s.last_seen_at > now() - make_interval(secs => $2::bigint)
    and u.is_active;
