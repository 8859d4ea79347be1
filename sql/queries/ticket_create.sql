-- $1 hash of the ticket · $2 user id · $3 collection · $4 name · $5 tag · $6 seconds it stays valid
-- expects: none
insert into upload_tickets (ticket_hash, user_id, collection, name, tag, expires_at)
values ($1::bytea, $2::bigint, $3::text, $4::text, $5::text, now() + $6::bigint * interval '1 second');
