-- The image's file is not what it must be: refuse it from now on. No row: the image is gone meanwhile.
-- $1 id
-- expects: maybe
update images i set damaged_at = coalesce(i.damaged_at, now())
where i.id = $1::bigint
returning (
    select string_agg(c.name || '/' || k.name || ':' || k.tag, ' ' order by k.id)
    from containers k join collections c on c.id = k.collection_id
    where k.image_id = i.id
) as uris;
