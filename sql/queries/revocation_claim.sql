-- Take revocations that are due. The next try is a minute later, and twice as late each time, at most an hour.
-- $1 most rows (bigint)
-- expects: many
with due as (
    select id
    from globus_revocations
    where next_try_at <= now()
    order by next_try_at
    limit $1::bigint
    for update skip locked
)
update globus_revocations r
set attempts = r.attempts + 1, next_try_at = now() + least(interval '1 hour', interval '1 minute' * 2 ^ least(r.attempts, 10))
from due
where r.id = due.id
returning r.id, r.user_id, r.token;
