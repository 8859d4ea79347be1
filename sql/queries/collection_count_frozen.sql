-- How many tags of a collection are frozen.
-- $1 collection id
-- expects: one
select count(*) as frozen from containers where collection_id = $1::bigint and is_frozen;
