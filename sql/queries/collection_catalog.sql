-- Collections the viewer may read with all their containers: one row per container, one with nulls for an empty collection.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 name of the only collection wanted, null for all
-- $4 most collections, null for all · $5 how many are left out before them
-- expects: many
select c.id, c.name,
    (extract(epoch from c.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from c.updated_at) * 1000000)::bigint as updated_us,
    k.id as container_id, k.name as container, k.tag
from (
    select c.id, c.name, c.created_at, c.updated_at
    from collections c
    left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
    where ($2::boolean or not c.is_private or m.role is not null)
        and ($3::text is null or c.name = $3)
    order by c.name
    limit $4::bigint offset $5::bigint
) c
left join containers k on k.collection_id = c.id
order by c.name, k.name, k.tag;
