-- Open transfers of all users by state, and since when the oldest of each is open.
-- expects: many
select state::text as state, count(*) as count, extract(epoch from min(created_at))::bigint as oldest_at,
    sum(bytes_total)::bigint as bytes
from transfers
where finished_at is null
group by state
order by state;
