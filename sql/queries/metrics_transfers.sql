-- Open transfers of all users by state, with the age of the oldest.
-- expects: many
select state::text as state, count(*) as count, (extract(epoch from now() - min(created_at)) * 1000)::bigint as age_ms
from transfers
where finished_at is null
group by state
order by state;
