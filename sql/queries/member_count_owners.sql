-- How many owners a collection has; the caller holds its lock.
-- $1 collection id
-- expects: one
select count(*) as owners from collection_members where collection_id = $1::bigint and role = 'owner';
