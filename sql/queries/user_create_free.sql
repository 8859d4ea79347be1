-- Create a user without a password, unless the name is taken: then no row comes back.
-- $1 name (text)
-- expects: maybe
insert into users (username)
values ($1::text)
on conflict (username) do nothing
returning id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at;
