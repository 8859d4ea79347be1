-- One starred place of a user.
-- $1 user, $2 id
-- expects: one
select d.id, d.endpoint_id::text, d.folder, d.endpoint_name, d.owner, d.organization, d.is_usual,
       d.starred_at is not null as is_starred,
       extract(epoch from d.starred_at)::bigint as starred_at,
       extract(epoch from d.last_sent_at)::bigint as last_sent_at
  from destinations d
 where d.user_id = $1::bigint and d.id = $2::bigint and d.starred_at is not null
