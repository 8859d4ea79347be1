-- Lock images that nothing seems to need. What somebody is using this moment (a push, a new transfer) is locked by him and skipped.
-- $1 seconds an image is left alone after it was stored · $2 rows
-- expects: many
select i.id
from images i
where i.created_at < now() - $1::bigint * interval '1 second'
    and not exists (select from containers k where k.image_id = i.id)
    and not exists (select from container_versions v where v.image_id = i.id)
    and not exists (select from images_under_way u where u.image_id = i.id)
order by i.id
limit $2::bigint
for update of i skip locked;
