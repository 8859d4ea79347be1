-- $1 user, $2 pattern; null: the default
-- expects: none
update users set file_pattern = $2::text where id = $1::bigint
