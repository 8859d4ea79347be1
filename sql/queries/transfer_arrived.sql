-- The user's newest finished transfer to this file, if it brought these bytes and the file was not written after it (to a minute: clocks differ).
-- $1 user (bigint), $2 endpoint (uuid), $3 path, $4 sha256 (hex), $5 when the file was written (UTC, as 2026-01-31T23:59:59)
-- expects: maybe
select t.id::text
  from (select id, sha256, finished_at
          from transfers
         where user_id = $1::bigint
           and endpoint_id = $2::uuid
           and path = $3::text
           and state = 'done'
         order by finished_at desc, id desc
         limit 1) t
 where t.sha256 = decode($4::text, 'hex')
   and to_char((t.finished_at at time zone 'UTC') + interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS') >= $5::text
