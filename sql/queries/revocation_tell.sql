-- Revocations that have failed for days, of which the operator was not told within a day: how many, and since when (Unix time, null: none).
-- $1 how long they may take (seconds, bigint)
-- expects: one
with late as (
    update globus_revocations
    set told_at = now()
    where created_at < now() - make_interval(secs => $1::bigint)
        and (select coalesce(max(told_at), '-infinity') from globus_revocations) < now() - interval '1 day'
    returning created_at
)
select count(*) as count, extract(epoch from min(created_at))::bigint as since
from late;
