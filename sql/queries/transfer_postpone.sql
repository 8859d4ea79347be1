-- Nothing new: look again later.
-- $1 id (uuid), $2 seconds from now (bigint), $3 not even for somebody who watches?
-- expects: none
update transfers
   set next_check_at = now() + make_interval(secs => $2::bigint),
       not_before = case when $3::boolean then now() + make_interval(secs => $2::bigint) end
 where id = $1::uuid
   and finished_at is null
