-- Take the star off a collection.
-- $1 user · $2 collection (bigint)
-- expects: none
delete from collection_stars
where user_id = $1::bigint and collection_id = $2::bigint;
