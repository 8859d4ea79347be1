-- Globus has accepted: this is the task. A cancel that was asked for meanwhile stays asked for, and is due at once.
-- $1 id (uuid), $2 task (uuid), $3 sentence, $4 when the agent looks at it (seconds from now, bigint), $5 Globus compares the sha256 (boolean)
-- expects: none
update transfers
   set task_id = $2::uuid,
       state = case when state = 'cancelled' then state else 'queued' end,
       state_text = case when state = 'cancelled' then state_text else $3::text end,
       is_compared = $5::boolean,
       attempts = attempts + 1,
       next_check_at = now() + make_interval(secs => case when state = 'cancelled' then 0 else $4::bigint end),
       updated_at = now()
 where id = $1::uuid
   and task_id is null
   and finished_at is null
