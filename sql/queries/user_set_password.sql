-- Set a user's password; all sessions end.
-- $1 user (bigint) · $2 Argon2id hash (text)
-- expects: one
with changed as (
    update users set password_hash = $2::text, updated_at = now() where id = $1::bigint returning id
), ended as (
    delete from sessions where user_id in (select id from changed)
)
select id from changed;
