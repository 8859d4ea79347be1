-- Is an image whose bytes are wrong needed by anything, and what shows it, tags and earlier versions? No row: it is gone meanwhile.
-- $1 id
-- expects: maybe
select
    exists (select from containers k where k.image_id = i.id)
        or exists (select from container_versions v where v.image_id = i.id)
        or exists (select from images_under_way u where u.image_id = i.id) as is_needed,
    (select string_agg(shown.uri, ' ' order by shown.uri) from (
        select c.name || '/' || k.name || ':' || k.tag as uri
        from containers k join collections c on c.id = k.collection_id where k.image_id = i.id
        union
        select c.name || '/' || k.name || '@sha256.' || encode(i.sha256, 'hex')
        from container_versions v join containers k on k.id = v.container_id join collections c on c.id = k.collection_id
        where v.image_id = i.id) shown) as uris
from images i
where i.id = $1::bigint;
