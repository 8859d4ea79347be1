-- A cancel is asked for. A wish that has no submission id was never sent: it is finished; anything else is for Globus to confirm,
-- and due at once.
-- $1 id (uuid), $2 user (bigint), $3 sentence when finished, $4 sentence when not
-- expects: maybe
update transfers
   set state = 'cancelled',
       noticed = 'cancelled',
       state_text = case when submission_id is null then $3::text else $4::text end,
       finished_at = case when submission_id is null then now() end,
       next_check_at = now(),
       updated_at = now()
 where id = $1::uuid
   and user_id = $2::bigint
   and finished_at is null
returning finished_at is not null as is_finished
