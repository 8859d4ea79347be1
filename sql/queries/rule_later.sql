-- Look at a rule again later: when nothing of it can be on its way, or after a while.
-- $1 id (bigint), $2 how long a request may be on its way (seconds, bigint), $3 or at least so long from now (seconds, bigint)
-- expects: none
update read_rules
   set look_at = greatest(tried_at + make_interval(secs => $2::bigint), now() + make_interval(secs => $3::bigint))
 where id = $1::bigint
