-- One transfer of one user.
-- $1 id (uuid), $2 user (bigint)
-- expects: one
select
       t.id::text, t.user_id, t.container_id, t.uri, encode(t.sha256, 'hex') as sha256, t.source_path,
       t.endpoint_id::text, t.endpoint_name, t.path, t.state::text, t.state_text,
       t.submission_id::text, t.task_id::text,
       t.bytes_total, t.bytes_transferred, t.bytes_per_second, t.faults, t.attempts, t.is_news, t.globus_mail, t.is_compared, t.files,
       case when t.state = 'queued' then (select count(*)
                                            from transfers o
                                           where o.user_id = t.user_id and o.finished_at is null and o.task_id is not null
                                             and o.created_at < t.created_at) else 0 end as ahead,
       extract(epoch from t.created_at)::bigint as created_at,
       extract(epoch from t.finished_at)::bigint as finished_at,
       extract(epoch from now() - t.created_at)::bigint as age_s
  from transfers t
 where t.id = $1::uuid
   and t.user_id = $2::bigint
