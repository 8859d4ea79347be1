-- Star a collection; twice is once.
-- $1 user · $2 collection (bigint)
-- expects: none
insert into collection_stars (user_id, collection_id)
values ($1::bigint, $2::bigint)
on conflict do nothing;
