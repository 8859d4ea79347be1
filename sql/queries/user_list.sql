-- All users, by name.
-- expects: many
select id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at
from users
order by username;
