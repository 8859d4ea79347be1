-- Collections by id.
select c.id::bigint as id, c.name, c.private as is_private, coalesce(c.metadata ->> 'description', '') as description,
    extract(epoch from c.add_date)::bigint as created_at, extract(epoch from c.modify_date)::bigint as updated_at
from main_collection c
order by c.id;
