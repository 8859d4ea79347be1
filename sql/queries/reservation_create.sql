-- $1 user id · $2 collection · $3 bytes · $4 seconds it holds unless renewed
-- expects: one
insert into push_reservations (user_id, collection, bytes, expires_at)
values ($1::bigint, $2::text, $3::bigint, now() + $4::bigint * interval '1 second')
returning id;
