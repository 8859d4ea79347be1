-- The lock of image_lock.sql without waiting: while a push holds it, the file is no orphan.
-- $1 collection id · $2 sha256 (hex)
-- expects: one
select pg_try_advisory_xact_lock(hashtextextended($1::bigint || '/' || $2::text, 0)) as locked;
