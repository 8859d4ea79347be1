-- Delete an image if nothing needs it. Its row is locked already, so nothing can begin to need it; what began before is seen here.
-- $1 id
-- expects: maybe
delete from images i
where i.id = $1::bigint
    and not exists (select from containers k where k.image_id = i.id)
    and not exists (select from container_versions v where v.image_id = i.id)
    and not exists (select from images_under_way u where u.image_id = i.id)
returning i.id;
