-- Somebody watches a task, or all of a user's: look at it as soon as at a new one. What is put off for longer than any task is, or because
-- Globus asked for it, stays put off. What somebody writes right now is being looked at.
-- $1 user (bigint), $2 id (uuid, null: all), $3 shortest and $4 longest time between two looks (seconds, bigint)
-- expects: none
with late as (
    select id
      from transfers
     where user_id = $1::bigint
       and ($2::uuid is null or id = $2::uuid)
       and finished_at is null
       and task_id is not null
       and next_check_at > greatest(now() + make_interval(secs => $3::bigint), not_before)
       and next_check_at <= now() + make_interval(secs => $4::bigint)
       for update skip locked
)
update transfers
   set next_check_at = greatest(now() + make_interval(secs => $3::bigint), not_before)
  from late
 where transfers.id = late.id
