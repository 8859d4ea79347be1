-- All tokens of a user, locked until the transaction ends.
-- $1 user (bigint)
-- expects: many
select resource_server, access_token, refresh_token
from globus_tokens
where user_id = $1::bigint
order by resource_server
for update;
