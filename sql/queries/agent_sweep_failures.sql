-- Forget wrong passwords of more than a day ago.
-- expects: none
delete from login_failures
 where greatest(window_start, retry_after) < now() - interval '1 day'
