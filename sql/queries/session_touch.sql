-- Move the idle limit of a session; of several requests at once one does it.
-- $1 SHA-256 of the cookie's value (bytea)
-- expects: none
update sessions
set last_seen_at = now()
where id_hash = $1::bytea and last_seen_at < now() - interval '1 minute';
