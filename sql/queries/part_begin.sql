-- The ticket is for an upload in parts, of this length, and stays open between them.
-- $1 hash of the ticket · $2 user id · $3 bytes of the whole · $4 seconds until it is given up
-- expects: maybe
update upload_tickets
set size_bytes = $3::bigint, expires_at = now() + $4::bigint * interval '1 second'
where ticket_hash = $1::bytea and user_id = $2::bigint and used_at is null and expires_at > now()
  and coalesce(size_bytes, $3::bigint) = $3::bigint
returning collection, name, tag, received_bytes;
