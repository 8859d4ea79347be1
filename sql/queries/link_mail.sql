-- Shall Globus write e-mails about this user's tasks?
-- $1 user (bigint), $2 yes (boolean)
-- expects: none
update users set globus_mail = $2::boolean where id = $1::bigint
