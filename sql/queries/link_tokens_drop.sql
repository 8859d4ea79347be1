-- Forget a user's tokens: new ones follow in the same transaction.
-- $1 user (bigint)
-- expects: none
delete from globus_tokens
where user_id = $1::bigint;
