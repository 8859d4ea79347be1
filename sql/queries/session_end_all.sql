-- End all sessions of a user.
-- $1 user (bigint)
-- expects: none
delete from sessions
where user_id = $1::bigint;
