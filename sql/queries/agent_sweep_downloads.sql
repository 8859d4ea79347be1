-- Forget counts whose period is over.
-- expects: none
delete from download_counts
 where resets_at < now()
