-- End a comparison, unless somebody else compared or healed the image meanwhile: no row then, and none when the image is gone.
-- uris: the tags that show the image, for the operator.
-- $1 id · $2 microseconds: checked_at as it was read · $3 offset as it was read · $4 it is damaged
-- expects: maybe
update images i
set checked_at = now(), check_offset = 0, check_state = null,
    damaged_at = case when $4::boolean then coalesce(i.damaged_at, now()) end
where i.id = $1::bigint and i.check_offset = $3::bigint
    and i.checked_at = timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
returning (
    select string_agg(c.name || '/' || k.name || ':' || k.tag, ' ' order by k.id)
    from containers k join collections c on c.id = k.collection_id
    where k.image_id = i.id
) as uris;
