-- How many containers the viewer may read.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin
-- expects: one
select count(*) as count
from containers k
join collections c on c.id = k.collection_id
where $2::boolean or not c.is_private
    or exists (select from collection_members m where m.collection_id = c.id and m.user_id = $1::bigint);
