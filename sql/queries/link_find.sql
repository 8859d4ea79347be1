-- A user's connection to Globus.
-- $1 user (bigint)
-- expects: maybe
select identity_id::text as identity_id, username, name, email, is_dead, consents, extract(epoch from linked_at)::bigint as linked_at
from globus_links
where user_id = $1::bigint;
