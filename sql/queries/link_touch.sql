-- Note that a connection is in use; of several requests at once one does it.
-- $1 user (bigint)
-- expects: none
update globus_links
set last_used_at = now()
where user_id = $1::bigint and coalesce(last_used_at < now() - interval '1 minute', true);
