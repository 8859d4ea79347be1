-- Where a user sends images: starred places, the usual one first, then those sent to last.
-- $1 user, $2 most places that are not starred (bigint)
-- expects: many
select d.id, d.endpoint_id::text, d.folder, d.endpoint_name, d.owner, d.organization, d.is_usual,
       d.starred_at is not null as is_starred,
       extract(epoch from d.starred_at)::bigint as starred_at,
       extract(epoch from d.last_sent_at)::bigint as last_sent_at
  from destinations d
 where d.user_id = $1::bigint
   and (d.starred_at is not null
        or d.id in (select id
                      from destinations
                     where user_id = $1::bigint and starred_at is null
                     order by last_sent_at desc, id desc
                     limit $2::bigint))
 order by d.is_usual desc, d.starred_at is null, case when d.starred_at is not null then lower(d.endpoint_name) end, d.last_sent_at desc nulls last,
          d.folder, d.id
