-- Rules that no transfer needs.
-- $1 most rows (bigint)
-- expects: many
select r.id, r.source_id::text, r.identity_id::text, r.path, r.access_id, r.is_foreign, r.wants
  from read_rules r
 where r.look_at <= now()
   and not exists (select from rule_needs n where n.rule_id = r.id)
 order by r.source_id, r.look_at, r.id
 limit $1::bigint
