-- An active user who may become a member.
-- $1 name
-- expects: maybe
select id from users where username = $1::text and is_active;
