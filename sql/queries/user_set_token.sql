-- Replace a user's client token.
-- $1 user (bigint) · $2 token, sealed as users.client_token for this user (bytea)
-- expects: one
update users
set client_token = $2::bytea, updated_at = now()
where id = $1::bigint
returning id;
