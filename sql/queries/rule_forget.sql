-- The rule is not at Globus and nothing that is on its way can bring it there any more, or it is not ours.
-- $1 id (bigint), $2 wants when it was not needed (bigint), $3 how long a request may be on its way (seconds, bigint)
-- expects: none
delete from read_rules r
 where r.id = $1::bigint
   and r.wants = $2::bigint
   and (r.is_foreign or (r.state = 'wanted' and r.tried_at <= now() - make_interval(secs => $3::bigint)))
   and not exists (select from rule_needs n where n.rule_id = r.id)
