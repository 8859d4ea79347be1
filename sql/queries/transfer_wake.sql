-- The user's connection to Globus is new: all that is open is due.
-- $1 user (bigint)
-- expects: none
update transfers
   set next_check_at = now()
 where user_id = $1::bigint
   and finished_at is null
