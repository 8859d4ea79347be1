-- A user's usual place: the one marked so, otherwise the one sent to last.
-- $1 user
-- expects: maybe
select d.id, d.endpoint_id::text, d.folder, d.endpoint_name, d.owner, d.organization, d.is_usual,
       d.starred_at is not null as is_starred,
       extract(epoch from d.starred_at)::bigint as starred_at,
       extract(epoch from d.last_sent_at)::bigint as last_sent_at
  from destinations d
 where d.user_id = $1::bigint and (d.is_usual or d.last_sent_at is not null)
 order by d.is_usual desc, d.last_sent_at desc nulls last, d.id desc
 limit 1
