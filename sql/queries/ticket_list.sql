-- The user's open tickets, newest first.
-- $1 user id
-- expects: many
select ticket_hash, collection, name, tag
from upload_tickets
where user_id = $1::bigint and used_at is null and expires_at > now()
order by created_at desc
limit 100;
