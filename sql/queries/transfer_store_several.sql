-- Store a wish of several images, or find the open one that is equal to it. No row at all: ask again.
-- $1 user, $2 uri, $3 sha256 of the list (hex), $4 source folder, $5 endpoint (uuid), $6 endpoint's name, $7 folder, $8 sentence,
-- $9 size (bytes, bigint), $10 when the agent looks at it (seconds from now, bigint), $11 the images (JSON list)
-- expects: maybe
with new as (
    insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state_text, bytes_total, next_check_at, globus_mail, files)
    values ($1::bigint, $2::text, decode($3::text, 'hex'), $4::text, $5::uuid, $6::text, $7::text, $8::text,
            $9::bigint, now() + make_interval(secs => $10::bigint), (select globus_mail from users where id = $1::bigint), jsonb_array_length($11::jsonb))
    on conflict (user_id, sha256, endpoint_id, path) where finished_at is null and files is not null do nothing
    returning id
), put as (
    insert into transfer_files (transfer_id, ordinal, image_id, uri, sha256, size_bytes, name)
    select new.id, f.ordinal, f.image_id, f.uri, decode(f.sha256, 'hex'), f.size_bytes, f.name
      from new, jsonb_to_recordset($11::jsonb) as f (ordinal integer, image_id bigint, uri text, sha256 text, size_bytes bigint, name text)
)
select id::text, true as is_new
  from new
union all
select id::text, false
  from transfers
 where user_id = $1::bigint
   and sha256 = decode($3::text, 'hex')
   and endpoint_id = $5::uuid
   and path = $7::text
   and finished_at is null
   and files is not null
