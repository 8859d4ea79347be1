-- Whose right to the images ended while they were on their way: the rule goes, so the task at Globus would only fail until its deadline.
-- $1 sentence
-- expects: none
with barred as (
    select t.id
      from transfers t
      join transfer_rules n on n.transfer_id = t.id
     where t.finished_at is null
       and t.task_id is not null
       and t.state <> 'cancelled'
       and not exists (select from rule_needs k where k.rule_id = n.rule_id and k.transfer_id = t.id)
     order by t.created_at, t.id
       for update of t
)
update transfers
   set state = 'cancelled',
       state_text = $1::text,
       next_check_at = now(),
       updated_at = now()
  from barred
 where transfers.id = barred.id
