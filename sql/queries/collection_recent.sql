-- Collections the viewer may read that hold something, last pushed first.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 rows
-- expects: many
select c.id, c.name, c.description, c.is_private, m.role::text as membership, c.created_us, c.updated_us, c.container_count,
    s.user_id is not null as is_starred, c.owners, c.contributors
from collections_shown c
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
left join collection_stars s on s.collection_id = c.id and s.user_id = $1::bigint
where ($2::boolean or not c.is_private or m.role is not null)
    and exists (select from containers k where k.collection_id = c.id)
order by c.updated_at desc, c.id desc
limit $3::bigint;
