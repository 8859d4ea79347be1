-- What was done in a collection, last first; one page.
-- $1 collection · $2 id of the row before the page, null for the first · $3 rows (bigint)
-- expects: many
select a.id, extract(epoch from a.at)::bigint as at, u.username, a.action, a.subject
from audit a
left join users u on u.id = a.user_id
where a.collection_id = $1::bigint
    and ($2::bigint is null or a.id < $2)
order by a.id desc
limit $3::bigint;
