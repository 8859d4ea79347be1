-- The push is under way still.
-- $1 id · $2 seconds it holds unless renewed
-- expects: none
update push_reservations set expires_at = now() + $2::bigint * interval '1 second' where id = $1::bigint;
