-- A user's token for one server, and what may be done with it.
-- $1 user (bigint) · $2 resource server (text) · $3 how long it must last (seconds, bigint)
-- expects: maybe
select l.is_dead, coalesce(l.last_used_at < now() - interval '1 minute', true) as is_due, t.access_token, t.refresh_token,
    coalesce(t.expires_at > now() + make_interval(secs => $3::bigint), false) as is_fresh,
    coalesce(t.refresh_until > now(), false) as is_claimed,
    coalesce(t.refresh_until <= now(), false) as is_abandoned
from globus_links l
left join globus_tokens t on t.user_id = l.user_id and t.resource_server = $2::text
where l.user_id = $1::bigint;
