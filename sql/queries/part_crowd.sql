-- Give up the uploads in parts that are too many for one user, those first that were begun first.
-- $1 user id · $2 how many may stay
-- expects: many
update upload_tickets set used_at = now()
where ticket_hash in (
    select ticket_hash from upload_tickets
    where user_id = $1::bigint and used_at is null and expires_at > now() and size_bytes is not null
    order by created_at desc, ticket_hash
    offset $2::bigint
)
returning encode(ticket_hash, 'hex') as file;
