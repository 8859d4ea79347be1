-- The labels of each container that has some, as a list of {name, value}; free tags become one label "tags".
select k.collection_id::bigint as collection_id, k.name, k.tag, count(*) as count,
    jsonb_agg(jsonb_build_object('name', l.name, 'value', l.value) order by l.name, l.value)::text as labels
from main_container k
join (
    select r.container_id, b.key as name, b.value from main_label_containers r join main_label b on b.id = r.label_id
    union all
    select i.object_id, 'tags', string_agg(t.name, ', ' order by t.name)
    from taggit_taggeditem i
    join django_content_type y on y.id = i.content_type_id and y.app_label = 'main' and y.model = 'container'
    join taggit_tag t on t.id = i.tag_id
    group by i.object_id
) l on l.container_id = k.id
group by k.id
order by k.id;
