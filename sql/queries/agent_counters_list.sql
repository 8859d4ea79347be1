-- The counters of agents that run.
-- expects: many
select agent, metric, suffix, labels, value
from agent_counters
where stored_at > now() - interval '5 minutes'
order by agent, metric, suffix desc, labels
limit 10000;
