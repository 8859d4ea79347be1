-- Until the transaction ends, nobody else gives these bytes a name in this collection or takes the name away.
-- $1 collection id · $2 sha256 (hex)
-- expects: one
select pg_advisory_xact_lock(hashtextextended($1::bigint || '/' || $2::text, 0));
