-- Labels with the containers that carry them and that the viewer may read: one row per pair, by name and value.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 label's name, null for any · $4 its value, null for any · $5 rows
-- expects: many
select l.name, l.value, c.name as collection, k.name as container, k.tag
from image_labels l
join containers k on k.image_id = l.image_id
join collections c on c.id = k.collection_id
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
where ($3::text is null or l.name = $3) and ($4::text is null or l.value = $4)
    and ($2::boolean or not c.is_private or m.role is not null)
order by l.name, l.value, k.id
limit $5::bigint;
