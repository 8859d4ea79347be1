-- Put a verifier in the place of the same one sealed with another key, unless it changed meanwhile.
-- $1 row (bigint) · $2 detail (text) · $3 seen, $4 sealed again (bytea) · $5 seen, $6 sealed again: the second value, null when there is none (bytea)
-- expects: none
update signin_states
set verifier = $4::bytea
where $1::bigint = 0 and state_hash = decode($2::text, 'hex') and verifier = $3::bytea and $5::bytea is null and $6::bytea is null;
