-- The live sessions of a user, last used first. A session is named by the beginning of its key, which is no secret and opens nothing.
-- $1 user (bigint) · $2 SESSION_IDLE (seconds, bigint) · $3 key of the session that asks (bytea) · $4 rows (bigint)
-- expects: many
select encode(substr(id_hash, 1, 8), 'hex') as id, address, agent, id_hash = $3::bytea as is_this,
    extract(epoch from created_at)::bigint as created_at, extract(epoch from last_seen_at)::bigint as last_seen_at
from sessions
where user_id = $1::bigint
    and expires_at > now()
    and last_seen_at > now() - make_interval(secs => $2::bigint)
order by last_seen_at desc, id_hash
limit $4::bigint;
