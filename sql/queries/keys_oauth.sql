-- Verifiers of round-trips to Globus that SECRET_KEY did not seal, a few at a time.
-- $1 what a value sealed with SECRET_KEY begins with (bytea) · $2 user or row, and $3 detail of the last one seen (bigint, text)
-- $4 most rows (bigint)
-- expects: many
select 0::bigint as row, user_id, encode(state_hash, 'hex') as detail, verifier as first, null::bytea as second
from oauth_states
where (0::bigint, encode(state_hash, 'hex')) > ($2::bigint, $3::text)
    and expires_at > now()
    and used_at is null
    and substring(verifier from 1 for octet_length($1::bytea)) <> $1::bytea
order by encode(state_hash, 'hex')
limit $4::bigint;
