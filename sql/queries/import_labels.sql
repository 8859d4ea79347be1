-- Give the image behind a tag the labels it had elsewhere; those it has stay, and of two values of one label the first is taken.
-- found: labels that fit the limits, of a tag that is here; unchanged: those that are here already.
-- $1 collection id · $2 name · $3 tag · $4 [{"name", "value"}, ...] · $5 only look
-- expects: one
with wanted as (
    select distinct on (label ->> 'name') k.image_id, label ->> 'name' as name, label ->> 'value' as value
    from containers k, jsonb_array_elements($4::jsonb) as label
    where k.collection_id = $1::bigint and k.name = $2::text and k.tag = $3::text
        and octet_length(label ->> 'name') between 1 and 250 and octet_length(label ->> 'value') <= 1024
    order by label ->> 'name', label ->> 'value'
), brought as (
    insert into image_labels (image_id, name, value) select image_id, name, value from wanted where not $5::boolean
    on conflict (image_id, name) do nothing
)
select count(*) as found, count(l.image_id) as unchanged
from wanted w
left join image_labels l on l.image_id = w.image_id and l.name = w.name;
