-- What was done, oldest first, a page at a time.
-- $1 id after which (bigint) · $2 who ('': anybody) · $3 action, or its first part with a dot behind it ('': any) · $4 since (Unix seconds)
-- $5 most rows (bigint)
-- expects: many
select a.id, extract(epoch from a.at)::bigint as at, u.username, a.action, a.subject, a.request_id, a.address
from audit a
left join users u on u.id = a.user_id
where a.id > $1::bigint and a.at >= to_timestamp($4::bigint) and ($2::text = '' or u.username = $2)
    and ($3::text = '' or a.action = $3 or (right($3, 1) = '.' and starts_with(a.action, $3)))
order by a.id
limit $5::bigint;
