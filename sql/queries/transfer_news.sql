-- How many of a user's transfers need them, or ended without their having seen it; and whether any is under way.
-- $1 user (bigint)
-- expects: one
select (select count(*) from transfers where user_id = $1::bigint and is_news) as news,
       exists (select from transfers where user_id = $1::bigint and finished_at is null) as is_any_open
