-- What runs, and what did and was not stopped for another: a row that is not alive shows only while nothing has taken its place.
-- expects: many
select host, role, pid, workers, version, extract(epoch from started_at)::bigint as started_at,
    extract(epoch from seen_at)::bigint as seen_at, seen_at > now() - interval '3 minutes' as is_alive
from processes p
where seen_at > now() - interval '3 minutes'
   or not exists (select from processes later where later.host = p.host and later.role = p.role and later.seen_at > p.seen_at)
order by role, host, pid
limit 200;
