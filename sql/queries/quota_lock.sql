-- Until the transaction ends, nobody else takes room of this user or this collection; always in this order.
-- $1 user id · $2 name of the collection
-- expects: one
select
    pg_advisory_xact_lock(hashtextextended('quota/user/' || $1::bigint, 0)),
    pg_advisory_xact_lock(hashtextextended('quota/collection/' || $2::text, 0));
