-- Give a user a limit of his own, or the standard one again.
-- $1 user id · $2 bytes; 0: no limit; null: USER_QUOTA
-- expects: none
update users set quota_bytes = $2::bigint, updated_at = now() where id = $1::bigint;
