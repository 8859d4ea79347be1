-- An open ticket, and how much of its upload arrived in parts.
-- $1 hash of the ticket · $2 user id
-- expects: maybe
select collection, name, tag, size_bytes, received_bytes
from upload_tickets
where ticket_hash = $1::bytea and user_id = $2::bigint and used_at is null and expires_at > now();
