-- Disconnect a user from Globus; the tokens go with it.
-- $1 user (bigint)
-- expects: none
delete from globus_links
where user_id = $1::bigint;
