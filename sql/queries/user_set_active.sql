-- Switch a user on or off; off ends all sessions.
-- $1 user (bigint) · $2 is active (boolean)
-- expects: one
with changed as (
    update users set is_active = $2::boolean, updated_at = now() where id = $1::bigint returning id, is_active
), ended as (
    delete from sessions where user_id in (select id from changed where not is_active)
)
select id from changed;
