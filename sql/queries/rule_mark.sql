-- Nobody needs the rule: it is to be withdrawn, and stored as such before Globus is asked. No row: somebody came to need it meanwhile.
-- $1 id (bigint), $2 wants when it was not needed (bigint), $3 the rule at Globus
-- expects: maybe
update read_rules r
   set state = 'withdrawing',
       access_id = $3::text
 where r.id = $1::bigint
   and r.wants = $2::bigint
   and not r.is_foreign
   and coalesce(r.access_id, $3::text) = $3::text
   and not exists (select from rule_needs n where n.rule_id = r.id)
returning r.id
