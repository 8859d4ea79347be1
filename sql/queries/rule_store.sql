-- The rule is there. It is not ours when Globus knew it at the first time it was asked, or when it allows more than we ask for.
-- No row: it was withdrawn meanwhile.
-- $1 id (bigint), $2 the rule at Globus, $3 Globus knew it?, $4 it allows more?
-- expects: maybe
update read_rules
   set state = 'granted',
       access_id = coalesce(access_id, $2::text),
       is_foreign = $3::boolean and (tries = 1 or $4::boolean)
 where id = $1::bigint
   and (state = 'wanted' or (state = 'granted' and access_id = $2::text))
returning id
