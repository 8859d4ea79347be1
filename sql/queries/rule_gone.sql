-- The rule is no longer at Globus. A request to make it that is still on its way may make it again; whoever needs it asks anew.
-- $1 id (bigint), $2 the rule at Globus, $3 how long a request may be on its way (seconds, bigint)
-- expects: none
update read_rules
   set state = 'wanted',
       access_id = null,
       is_foreign = false,
       look_at = tried_at + make_interval(secs => $3::bigint)
 where id = $1::bigint
   and state = 'withdrawing'
   and access_id = $2::text
