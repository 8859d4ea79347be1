-- Take a member out.
-- $1 collection id · $2 user name
-- expects: none
delete from collection_members
where collection_id = $1::bigint and user_id = (select id from users where username = $2::text);
