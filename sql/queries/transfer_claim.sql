-- Take open transfers that are due, so that no other agent looks at them before the lease ends.
-- $1 most rows (bigint), $2 lease (seconds, bigint)
-- expects: many
with due as (
    select id
      from transfers
     where finished_at is null
       and next_check_at <= now()
     order by next_check_at
     limit $1::bigint
       for update skip locked
), claimed as (
    update transfers
       set next_check_at = now() + make_interval(secs => $2::bigint)
      from due
     where transfers.id = due.id
 returning transfers.*
)
select
       t.id::text, t.user_id, t.container_id, t.uri, encode(t.sha256, 'hex') as sha256, t.source_path,
       t.endpoint_id::text, t.endpoint_name, t.path, t.state::text, t.state_text,
       t.submission_id::text, t.task_id::text,
       t.bytes_total, t.bytes_transferred, t.bytes_per_second, t.faults, t.attempts, t.is_news,
       extract(epoch from t.created_at)::bigint as created_at,
       extract(epoch from t.finished_at)::bigint as finished_at,
       extract(epoch from now() - t.created_at)::bigint as age_s
  from claimed t
 order by t.user_id, t.created_at
