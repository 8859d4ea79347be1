-- Use a ticket up. No row: unknown, used, expired or another user's.
-- $1 hash of the ticket · $2 user id
-- expects: maybe
update upload_tickets set used_at = now()
where ticket_hash = $1::bytea and user_id = $2::bigint and used_at is null and expires_at > now()
returning collection, name, tag;
