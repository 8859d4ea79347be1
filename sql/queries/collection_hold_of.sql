-- The same for the collection of a container.
-- $1 container id
-- expects: maybe
select c.id from collections c where c.id = (select k.collection_id from containers k where k.id = $1::bigint) for key share;
