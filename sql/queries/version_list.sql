-- Earlier contents of a tag, the one it left last first.
-- $1 container id · $2 rows
-- expects: many
select v.image_id, encode(i.sha256, 'hex') as sha256, i.size_bytes,
    extract(epoch from v.pushed_at)::bigint as pushed_at, extract(epoch from v.moved_at)::bigint as moved_at
from container_versions v
join images i on i.id = v.image_id
where v.container_id = $1::bigint
order by v.id desc
limit $2::bigint;
