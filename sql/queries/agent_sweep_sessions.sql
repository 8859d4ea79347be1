-- Remove sessions that ended by age or by idleness.
-- $1 SESSION_IDLE (seconds, bigint)
-- expects: none
delete from sessions
 where expires_at < now()
    or last_seen_at < now() - make_interval(secs => $1::bigint)
