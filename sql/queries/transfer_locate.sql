-- What was not known when the wish was stored: the endpoint's name and the full path.
-- $1 id (uuid), $2 endpoint's name, $3 path
-- expects: none
update transfers
   set endpoint_name = $2::text,
       path = $3::text,
       updated_at = now()
 where id = $1::uuid
   and finished_at is null
