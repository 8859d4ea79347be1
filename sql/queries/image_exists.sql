-- $1 collection id · $2 sha256
-- expects: one
select exists (select from images where collection_id = $1::bigint and sha256 = $2::bytea) as found;
