-- Forget tickets that expired, some at a time.
-- $1 rows
-- expects: none
delete from upload_tickets
where ticket_hash in (select ticket_hash from upload_tickets where expires_at <= now() limit $1::bigint);
