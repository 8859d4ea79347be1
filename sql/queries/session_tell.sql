-- Tell the server for which request its session works: pg_stat_activity and the server's log (%a) show it.
-- $1 request id (text)
-- expects: one
select set_config('application_name', 'transload ' || $1::text, false) as told;
