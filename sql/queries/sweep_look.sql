-- Which of these files would a sweep take? Those without a row, and those whose row nothing needs.
-- $1 collection ids · $2 sha256 (hex), as many · $3 seconds an image is left alone after it was stored
-- expects: many
select f.collection_id, f.sha256, i.id is not null as has_row
from unnest($1::bigint[], $2::text[]) as f (collection_id, sha256)
left join images i on i.collection_id = f.collection_id and i.sha256 = decode(f.sha256, 'hex')
where i.id is null
    or (i.created_at < now() - $3::bigint * interval '1 second'
        and not exists (select from containers k where k.image_id = i.id)
        and not exists (select from container_versions v where v.image_id = i.id)
        and not exists (select from images_under_way u where u.image_id = i.id));
