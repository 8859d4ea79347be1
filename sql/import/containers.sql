-- Containers with the file each had; a container that was built elsewhere has an address instead of a file.
select k.id::bigint as id, k.collection_id::bigint as collection_id, k.name, k.tag, k.version, k.frozen as is_frozen, f.datafile,
    extract(epoch from k.add_date)::bigint as created_at
from main_container k
left join api_imagefile f on f.id = k.image_id
order by k.id;
