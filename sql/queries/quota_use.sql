-- What is stored and promised. Bytes that several tags show count once, and once for each user and collection that shows them.
-- $1 user id · $2 name of a collection
-- expects: one
select
    (select coalesce(sum(i.size_bytes), 0) from images i
        where i.id in (select k.image_id from containers k where k.pushed_by = $1::bigint)) as user_used,
    (select coalesce(sum(r.bytes), 0) from push_reservations r where r.user_id = $1 and r.expires_at > now()) as user_reserved,
    (select coalesce(sum(i.size_bytes), 0) from images i join collections c on c.id = i.collection_id
        where c.name = $2::text and exists (select from containers k where k.image_id = i.id)) as collection_used,
    (select coalesce(sum(r.bytes), 0) from push_reservations r where r.collection = $2 and r.expires_at > now()) as collection_reserved;
