-- Put a token to be revoked in the place of the same one sealed with another key, unless it changed meanwhile.
-- $1 row (bigint) · $2 detail (text) · $3 seen, $4 sealed again (bytea) · $5 seen, $6 sealed again: the second value, null when there is none (bytea)
-- expects: none
update globus_revocations
set token = $4::bytea
where id = $1::bigint and $2::text = '' and token = $3::bytea and $5::bytea is null and $6::bytea is null;
