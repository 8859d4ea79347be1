-- The push has ended, one way or the other.
-- $1 id
-- expects: none
delete from push_reservations where id = $1::bigint;
