-- One collection by name, whoever asks.
-- $1 viewer's user id (0: visitor) · $2 name
-- expects: maybe
select c.id, c.name, c.description, c.is_private, m.role::text as membership, c.created_us, c.updated_us, c.container_count,
    s.user_id is not null as is_starred, c.owners, c.contributors
from collections_shown c
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
left join collection_stars s on s.collection_id = c.id and s.user_id = $1::bigint
where c.name = $2::text;
