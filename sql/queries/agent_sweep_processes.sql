-- Forget processes that have not been seen for a week.
-- expects: none
delete from processes
 where seen_at < now() - interval '7 days'
