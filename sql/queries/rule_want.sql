-- A transfer is about to need the rule for its user on a directory: stored before Globus is asked. A rule that nobody knows to be there is
-- counted as asked for now. No rule in the row: the transfer is finished, its image gone, or its user not connected.
-- $1 transfer (uuid), $2 source collection (uuid), $3 directory
-- expects: one
with rule as (
    insert into read_rules (source_id, identity_id, path, collection_id)
    select $2::uuid, l.identity_id, $3::text, i.collection_id
      from transfers t
      join globus_links l on l.user_id = t.user_id
      join images i on i.id = coalesce(t.image_id, (select f.image_id from transfer_files f where f.transfer_id = t.id and f.image_id is not null limit 1))
     where t.id = $1::uuid
       and t.finished_at is null
    on conflict (source_id, identity_id, path) do update
       set wants = read_rules.wants + 1,
           tries = read_rules.tries + (read_rules.state = 'wanted')::integer,
           tried_at = case when read_rules.state = 'wanted' then now() else read_rules.tried_at end,
           look_at = now()
    returning id, identity_id, state, access_id
), need as (
    insert into transfer_rules (transfer_id, rule_id)
    select $1::uuid, id
      from rule
    on conflict do nothing
)
select r.id, r.identity_id::text, r.state::text, r.access_id, t.finished_at is not null as is_finished
  from transfers t
  left join rule r on true
 where t.id = $1::uuid
