-- A collection as every page shows it; four statements repeated these columns.

create view collections_shown as
select c.id, c.name, c.description, c.is_private, c.updated_at,
    (extract(epoch from c.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from c.updated_at) * 1000000)::bigint as updated_us,
    (select count(*) from containers k where k.collection_id = c.id) as container_count,
    (select string_agg(u.username, ',' order by u.username) from collection_members o join users u on u.id = o.user_id
        where o.collection_id = c.id and o.role = 'owner') as owners,
    (select string_agg(u.username, ',' order by u.username) from collection_members o join users u on u.id = o.user_id
        where o.collection_id = c.id and o.role = 'contributor') as contributors
from collections c;
