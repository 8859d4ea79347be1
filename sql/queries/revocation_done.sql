-- Globus confirmed it, or nobody can open the token any more.
-- $1 id (bigint)
-- expects: none
delete from globus_revocations
where id = $1::bigint;
