-- Remember that Globus is to be told to revoke a token.
-- $1 user whose it was (bigint) · $2 token, sealed as globus_revocations.token for this user (bytea)
-- $3 head start of whoever queues it, before the agent tries (seconds, bigint)
-- expects: one
insert into globus_revocations (user_id, token, next_try_at)
values ($1::bigint, $2::bytea, now() + make_interval(secs => $3::bigint))
returning id;
