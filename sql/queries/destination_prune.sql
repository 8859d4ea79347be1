-- Forget places that are neither starred nor among those sent to last.
-- $1 user, $2 how many of the latter are kept (bigint)
-- expects: none
delete from destinations
 where user_id = $1::bigint
   and starred_at is null
   and id not in (select id
                    from destinations
                   where user_id = $1::bigint and starred_at is null and last_sent_at is not null
                   order by last_sent_at desc, id desc
                   limit $2::bigint)
