-- Forget share links that expired, some at a time.
-- $1 rows
-- expects: none
delete from share_links
where id in (select id from share_links where expires_at <= now() limit $1::bigint);
