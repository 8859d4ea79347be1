-- End a session that was listed.
-- $1 user (bigint) · $2 its name (hex)
-- expects: none
delete from sessions
where user_id = $1::bigint and encode(substr(id_hash, 1, 8), 'hex') = $2::text;
