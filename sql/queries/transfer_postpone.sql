-- Nothing new: look again later.
-- $1 id (uuid), $2 seconds from now (bigint)
-- expects: none
update transfers
   set next_check_at = now() + make_interval(secs => $2::bigint)
 where id = $1::uuid
   and finished_at is null
