-- What the collections store, fullest first; an image under several tags of a collection counts once.
-- $1 most rows (bigint)
-- expects: many
select c.id, c.name, coalesce(sum(i.size_bytes), 0)::bigint as used
from collections c
join (select distinct collection_id, image_id from containers) k on k.collection_id = c.id
join images i on i.id = k.image_id
group by c.id, c.name
order by used desc, c.id
limit $1::bigint;
