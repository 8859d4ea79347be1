-- Note what was done.
-- $1 who, null: nobody who is signed in (bigint) · $2 action, such as user.login (text) · $3 to what (text) · $4 request id (text)
-- $5 in which collection, null: in none (bigint) · $6 from which address (text)
-- expects: none
insert into audit (user_id, action, subject, request_id, collection_id, address)
values ($1::bigint, $2::text, $3::text, $4::text, $5::bigint, coalesce($6::text, ''));
