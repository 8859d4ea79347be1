-- A user's transfers, newest first, after the row a cursor names.
-- $1 user (bigint), $2 creation time of that row (microseconds since 1970, bigint; null: from the start), $3 its id (uuid),
-- $4 most rows (bigint), $5 only those that carry this container (bigint; null: all)
-- $6 only those in this state, or open (text; null: all)
-- expects: many
select
       t.id::text, t.user_id, t.container_id, t.uri, encode(t.sha256, 'hex') as sha256, t.source_path,
       t.endpoint_id::text, t.endpoint_name, t.path, t.state::text, t.state_text,
       t.submission_id::text, t.task_id::text,
       t.bytes_total, t.bytes_transferred, t.bytes_per_second, t.faults, t.attempts, t.is_news, t.globus_mail, t.is_compared, t.files, 0::bigint as ahead,
       extract(epoch from t.created_at)::bigint as created_at,
       extract(epoch from t.finished_at)::bigint as finished_at,
       extract(epoch from now() - t.created_at)::bigint as age_s,
       (extract(epoch from t.created_at) * 1000000)::bigint as created_us
  from transfers t
 where t.user_id = $1::bigint
   and ($2::bigint is null
        or (t.created_at, t.id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
   and ($5::bigint is null
        or t.container_id = $5
        or t.id in (select f.transfer_id
                      from transfer_files f
                      join containers k on k.image_id = f.image_id
                     where k.id = $5))
   and ($6::text is null
        or case when t.finished_at is null then 'open' else t.state::text end = $6)
 order by t.created_at desc, t.id desc
 limit $4::bigint
