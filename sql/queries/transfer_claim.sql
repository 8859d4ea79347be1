-- Take open transfers that were due when the round began, of those users who have waited longest, so that no other agent looks at them
-- before the lease ends. All of a user, as far as one call covers them: a row of many users each would cost a call each.
-- $1 most users (bigint), $2 most rows of each (bigint), $3 since when the round runs (milliseconds, bigint), $4 lease (seconds, bigint)
-- expects: many
with waiting as (
    select user_id, min(next_check_at) as since
      from transfers
     where finished_at is null
       and next_check_at <= now() - make_interval(secs => $3::bigint / 1000.0)
     group by user_id
     order by since
     limit $1::bigint
), due as (
    select t.id
      from waiting w
     cross join lateral (
           select id
             from transfers
            where user_id = w.user_id
              and finished_at is null
              and next_check_at <= now() - make_interval(secs => $3::bigint / 1000.0)
            order by next_check_at
            limit $2::bigint
              for update skip locked) t
), claimed as (
    update transfers
       set next_check_at = now() + make_interval(secs => $4::bigint)
      from due
     where transfers.id = due.id
 returning transfers.*
)
select
       t.id::text, t.user_id, t.container_id, t.uri, encode(t.sha256, 'hex') as sha256, t.source_path,
       t.endpoint_id::text, t.endpoint_name, t.path, t.state::text, t.state_text,
       t.submission_id::text, t.task_id::text,
       t.bytes_total, t.bytes_transferred, t.bytes_per_second, t.faults, t.attempts, t.is_news, t.globus_mail, t.is_compared, t.files, 0::bigint as ahead,
       extract(epoch from t.created_at)::bigint as created_at,
       extract(epoch from t.finished_at)::bigint as finished_at,
       extract(epoch from now() - t.created_at)::bigint as age_s
  from claimed t
 order by t.user_id, t.created_at, t.id
