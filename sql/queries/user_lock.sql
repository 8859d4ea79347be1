-- Count a user's own things alone until the transaction ends. It does not get in the way of rows that refer to the user.
-- $1 id
-- expects: one
select id from users where id = $1::bigint for no key update;
