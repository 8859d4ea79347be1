-- Give a collection a limit of its own, or the standard one again. No row: there is none.
-- $1 name · $2 bytes; 0: no limit; null: COLLECTION_QUOTA
-- expects: maybe
update collections set quota_bytes = $2::bigint where name = $1::text returning id;
