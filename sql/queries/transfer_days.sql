-- What became of a user's transfers, day by day in UTC; days on which nothing ended are left out.
-- $1 user (bigint), $2 how many days back, today with it (bigint)
-- expects: many
select to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD') as day,
       count(*) filter (where state = 'done') as done,
       count(*) filter (where state = 'failed') as failed,
       coalesce(sum(bytes_total) filter (where state = 'done'), 0)::bigint as bytes
  from transfers
 where user_id = $1::bigint
   and finished_at >= date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - ($2::bigint - 1) * interval '1 day'
   and state in ('done', 'failed')
 group by day
 order by day
