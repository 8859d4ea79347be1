-- Bytes that a push to this tag sets free: those of the image it shows, where no other tag shows it. No row: there is no such tag.
-- $1 user id · $2 collection · $3 name · $4 tag
-- expects: maybe
select
    case when k.pushed_by = $1::bigint
        and not exists (select from containers o where o.image_id = k.image_id and o.pushed_by = $1 and o.id <> k.id)
        then i.size_bytes else 0 end as of_user,
    case when not exists (select from containers o where o.image_id = k.image_id and o.id <> k.id)
        then i.size_bytes else 0 end as of_collection
from containers k
join collections c on c.id = k.collection_id
join images i on i.id = k.image_id
where c.name = $2::text and k.name = $3::text and k.tag = $4::text;
