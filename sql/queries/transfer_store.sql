-- Store a wish, or find the open one that is equal to it: one wish is one row. No row at all: the equal one was stored or finished
-- at this very moment; ask again.
-- $1 user, $2 container, $3 image (bigint), $4 uri, $5 sha256 (hex), $6 source path, $7 endpoint (uuid), $8 endpoint's name, $9 path,
-- $10 sentence, $11 size (bytes, bigint), $12 when the agent looks at it (seconds from now, bigint)
-- expects: maybe
with new as (
    insert into transfers (user_id, container_id, image_id, uri, sha256, source_path, endpoint_id, endpoint_name, path,
                           state_text, bytes_total, next_check_at, globus_mail)
    values ($1::bigint, $2::bigint, $3::bigint, $4::text, decode($5::text, 'hex'), $6::text, $7::uuid, $8::text, $9::text,
            $10::text, $11::bigint, now() + make_interval(secs => $12::bigint), (select globus_mail from users where id = $1::bigint))
    on conflict (user_id, image_id, endpoint_id, path) where finished_at is null do nothing
    returning id
)
select id::text, true as is_new
  from new
union all
select id::text, false
  from transfers
 where user_id = $1::bigint
   and image_id = $3::bigint
   and endpoint_id = $7::uuid
   and path = $9::text
   and finished_at is null
