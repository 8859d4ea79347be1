-- What Globus says about a task. Nothing changes when somebody else changed it meanwhile.
-- $1 id (uuid), $2 state it had, $3 new state, $4 sentence, $5 bytes transferred, $6 bytes per second, $7 faults (bigint),
-- $8 when the agent looks at it (seconds from now, bigint), $9 finished?
-- expects: none
update transfers
   set state = $3::transfer_state,
       state_text = $4::text,
       bytes_transferred = $5::bigint,
       bytes_per_second = $6::bigint,
       faults = $7::bigint,
       next_check_at = now() + make_interval(secs => $8::bigint),
       finished_at = case when $9::boolean then now() end,
       updated_at = now()
 where id = $1::uuid
   and state = $2::transfer_state
   and finished_at is null
