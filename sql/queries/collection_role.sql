-- What a push must know of a collection: is it there, and who is the viewer in it.
-- $1 viewer's user id · $2 name
-- expects: maybe
select c.id, c.is_private, m.role::text as membership
from collections c
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
where c.name = $2::text;
