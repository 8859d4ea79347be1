-- What an image says of itself; nothing changes when it is known already, as the bytes behind a digest never do. Its own labels
-- win over those that an import brought.
-- $1 image id · $2 format · $3 remark · $4 architecture · $5 built, Unix seconds or null · $6 definition · $7 {"objects": [...], "labels": [...]}
-- expects: none
with unread as (
    update images set facts_at = now() where id = $1::bigint and facts_at is null returning id
), facts as (
    insert into image_facts (image_id, format, remark, architecture, built_at, definition, objects)
    select id, $2::image_format, $3::text, $4::text, to_timestamp($5::bigint), $6::text, $7::jsonb -> 'objects' from unread
)
insert into image_labels (image_id, name, value)
select unread.id, label ->> 'name', label ->> 'value' from unread, jsonb_array_elements($7::jsonb -> 'labels') as label
on conflict (image_id, name) do update set value = excluded.value;
