-- What may be stored, in bytes; 0: no limit.
-- $1 user id · $2 name of a collection, which may not exist yet · $3 USER_QUOTA · $4 COLLECTION_QUOTA
-- expects: one
select
    coalesce((select quota_bytes from users where id = $1::bigint), $3::bigint) as user_limit,
    coalesce((select quota_bytes from collections where name = $2::text), $4::bigint) as collection_limit;
