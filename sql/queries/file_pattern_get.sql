-- The pattern for names of files that a user has set; null: none.
-- $1 user
-- expects: one
select file_pattern from users where id = $1::bigint
