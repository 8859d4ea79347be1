-- Create a user; an existing name is a unique violation.
-- $1 name (text) · $2 Argon2id hash of the password, null: no local login (text) · $3 is an administrator (boolean)
-- expects: one
insert into users (username, password_hash, is_admin)
values ($1::text, $2::text, $3::boolean)
returning id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at;
