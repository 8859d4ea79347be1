-- Until the transaction ends, nobody else moves this tag, whether it exists or not.
-- $1 collection id · $2 name · $3 tag
-- expects: one
select pg_advisory_xact_lock(hashtextextended($1::bigint || '/' || $2::text || ':' || $3::text, 1));
