-- How many of a user's transfers need them, or ended without their having seen it.
-- $1 user (bigint)
-- expects: one
select count(*) as news
  from transfers
 where user_id = $1::bigint
   and is_news
