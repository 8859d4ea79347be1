-- End a session.
-- $1 SHA-256 of the cookie's value (bytea)
-- expects: none
delete from sessions
where id_hash = $1::bytea;
