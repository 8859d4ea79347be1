-- Who owns and who contributes. Somebody who did both comes as owner first.
select m.collection_id::bigint as collection_id, m.user_id::bigint as user_id, m.role
from (
    select o.collection_id, o.user_id, 'owner' as role from main_collection_owners o
    union all
    select k.collection_id, k.user_id, 'contributor' from main_collection_contributors k
) m
order by m.collection_id, m.user_id, m.role desc;
