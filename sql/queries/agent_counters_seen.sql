-- Since when each agent has not been heard of.
-- expects: many
select agent, (extract(epoch from now() - max(stored_at)) * 1000)::bigint as age_ms
from agent_counters
group by agent
order by agent
limit 1000;
