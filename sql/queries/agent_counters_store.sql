-- What an agent has counted since its start, all at once.
-- $1 agent (text) · $2 list of metric, suffix, labels, value (JSON)
-- expects: none
insert into agent_counters (agent, metric, suffix, labels, value)
select $1::text, x.metric, x.suffix, x.labels, x.value
from jsonb_to_recordset($2::jsonb -> 'items') as x (metric text, suffix text, labels text, value bigint)
on conflict (agent, metric, suffix, labels) do update set value = excluded.value, stored_at = now();
