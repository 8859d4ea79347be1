-- The user's connection to Globus is new: all that is open is due. Locked in the order in which the agent writes them (transfer_claim),
-- here and wherever a statement writes several rows: otherwise the two can wait for each other.
-- $1 user (bigint)
-- expects: none
with open as (
    select id
      from transfers
     where user_id = $1::bigint
       and finished_at is null
     order by created_at, id
       for update
)
update transfers
   set next_check_at = now()
  from open
 where transfers.id = open.id
