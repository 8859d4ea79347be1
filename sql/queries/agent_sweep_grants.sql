-- Forget download URLs that are not valid any more.
-- expects: none
delete from download_grants
 where expires_at < now()
