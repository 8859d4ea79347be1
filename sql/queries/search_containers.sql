-- Containers that fit a query and that the viewer may read; one page. First (place 0) those whose name, or whose collection's, is the query;
-- then (1) those in which all of its first five words occur; each last pushed first. labels: those that fit, as [{"name", "value"}].
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 query · $4 query in lower case
-- $5, $6, $7 place, microseconds and id of the row after which the page begins, null for the first · $8 rows
-- expects: many
with found as (
    (select 0 as place, k.id, k.updated_at
    from containers k
    join collections c on c.id = k.collection_id
    left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
    where k.name = $4::text and coalesce($5::bigint, 0) = 0
        and ($6::bigint is null or (k.updated_at, k.id) < (timestamptz 'epoch' + $6 * interval '1 microsecond', $7::bigint))
        and ($2::boolean or not c.is_private or m.role is not null)
    order by k.updated_at desc, k.id desc
    limit $8::bigint)
    union all
    (select 0, k.id, k.updated_at
    from collections c
    join containers k on k.collection_id = c.id
    left join collection_members m on m.collection_id = c.id and m.user_id = $1
    where c.name = $4 and k.name <> $4 and coalesce($5, 0) = 0
        and ($6 is null or (k.updated_at, k.id) < (timestamptz 'epoch' + $6 * interval '1 microsecond', $7))
        and ($2 or not c.is_private or m.role is not null)
    order by k.updated_at desc, k.id desc
    limit $8)
    union all
    (select 1, k.id, k.updated_at
    from containers k
    join collections c on c.id = k.collection_id
    left join collection_members m on m.collection_id = c.id and m.user_id = $1
    where k.document like search_pattern($3::text, 1) and k.document like search_pattern($3, 2) and k.document like search_pattern($3, 3)
        and k.document like search_pattern($3, 4) and k.document like search_pattern($3, 5)
        and k.name <> $4 and c.name <> $4
        and (coalesce($5, 0) = 0 or (k.updated_at, k.id) < (timestamptz 'epoch' + $6 * interval '1 microsecond', $7))
        and ($2 or not c.is_private or m.role is not null)
    order by k.updated_at desc, k.id desc
    limit $8)
    order by place, updated_at desc, id desc
    limit $8
)
select found.place, k.id, k.collection_id, c.name as collection, k.name, k.tag, c.is_private, k.is_frozen, null::text as membership, k.image_id,
    encode(i.sha256, 'hex') as sha256, i.size_bytes, i.damaged_at is not null as is_damaged,
    (extract(epoch from k.created_at) * 1000000)::bigint as created_us,
    (extract(epoch from k.updated_at) * 1000000)::bigint as updated_us,
    (select jsonb_build_object('labels', coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'value', l.value) order by l.name), '[]'))::text
        from image_labels l
        where l.image_id = k.image_id and exists (select from generate_series(1, 5) n
            where search_pattern($3, n) <> '%' and search_words(l.name || ' ' || l.value) like search_pattern($3, n))) as contents
from found
join containers k on k.id = found.id
join collections c on c.id = k.collection_id
join images i on i.id = k.image_id
order by found.place, found.updated_at desc, found.id desc;
