-- The upload is pushed, or given up.
-- $1 hash of the ticket · $2 user id
-- expects: none
update upload_tickets set used_at = now() where ticket_hash = $1::bytea and user_id = $2::bigint and used_at is null;
