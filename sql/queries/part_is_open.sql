-- Is the file of this ticket still being uploaded?
-- $1 hash of the ticket
-- expects: one
select exists (
    select from upload_tickets where ticket_hash = $1::bytea and used_at is null and expires_at > now()
) as found;
