-- What an image says of itself. No row: it was not read yet.
-- $1 image id
-- expects: maybe
select format::text, remark, architecture, extract(epoch from built_at)::bigint as built_at, definition,
    jsonb_build_object('objects', objects, 'labels', coalesce(
        (select jsonb_agg(jsonb_build_object('name', l.name, 'value', l.value) order by l.name) from image_labels l where l.image_id = f.image_id),
        '[]'))::text as contents
from image_facts f
where image_id = $1::bigint;
