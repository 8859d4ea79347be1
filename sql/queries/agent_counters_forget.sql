-- Agents that have been gone for a day.
-- expects: none
delete from agent_counters where stored_at < now() - interval '1 day';
