-- Transfers that ended need no rule.
-- expects: none
delete from transfer_rules n
 using transfers t
 where t.id = n.transfer_id
   and t.finished_at is not null
