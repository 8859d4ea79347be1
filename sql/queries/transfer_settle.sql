-- A submit that did not succeed: what the wish is now. Nothing changes when somebody else changed it meanwhile.
-- $1 id (uuid), $2 state it had, $3 new state, $4 sentence, $5 when the agent looks at it (seconds from now, bigint), $6 finished?
-- expects: none
update transfers
   set state = $3::transfer_state,
       state_text = $4::text,
       attempts = attempts + 1,
       next_check_at = now() + make_interval(secs => $5::bigint),
       finished_at = case when $6::boolean then now() end,
       updated_at = now()
 where id = $1::uuid
   and state = $2::transfer_state
   and task_id is null
   and finished_at is null
