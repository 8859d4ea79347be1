-- What was done, newest first, before the row a cursor names.
-- $1 id of that row (bigint; 0: from the newest) · $2 who ('': anybody) · $3 action, or its first part with a dot behind it ('': any)
-- $4 most rows (bigint)
-- expects: many
select a.id, extract(epoch from a.at)::bigint as at, u.username, a.action, a.subject, a.request_id, a.address
from audit a
left join users u on u.id = a.user_id
where ($1::bigint = 0 or a.id < $1) and ($2::text = '' or u.username = $2)
    and ($3::text = '' or a.action = $3 or (right($3, 1) = '.' and starts_with(a.action, $3)))
order by a.id desc
limit $4::bigint;
