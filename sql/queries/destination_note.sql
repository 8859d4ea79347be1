-- An image was sent there now.
-- $1 user, $2 endpoint (uuid), $3 folder, $4 endpoint's name, $5 owner, $6 organization
-- expects: none
insert into destinations (user_id, endpoint_id, folder, endpoint_name, owner, organization, last_sent_at)
values ($1::bigint, $2::uuid, $3::text, $4::text, $5::text, $6::text, now())
on conflict (user_id, endpoint_id, folder) do update
   set endpoint_name = excluded.endpoint_name, owner = excluded.owner, organization = excluded.organization,
       last_sent_at = excluded.last_sent_at
