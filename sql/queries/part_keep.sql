-- What arrived is on the disk.
-- $1 hash of the ticket · $2 bytes so far · $3 seconds until it is given up
-- expects: none
update upload_tickets
set received_bytes = $2::bigint, expires_at = now() + $3::bigint * interval '1 second'
where ticket_hash = $1::bytea and used_at is null;
