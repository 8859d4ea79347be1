-- How many collections a user owns.
-- $1 user id
-- expects: one
select count(*) as owned from collection_members where user_id = $1::bigint and role = 'owner';
