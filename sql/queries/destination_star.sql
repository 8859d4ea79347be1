-- Star a place; one that is starred already keeps its date.
-- $1 user, $2 endpoint (uuid), $3 folder, $4 endpoint's name, $5 owner, $6 organization
-- expects: one
insert into destinations as d (user_id, endpoint_id, folder, endpoint_name, owner, organization, starred_at)
values ($1::bigint, $2::uuid, $3::text, $4::text, $5::text, $6::text, now())
on conflict (user_id, endpoint_id, folder) do update
   set endpoint_name = excluded.endpoint_name, owner = excluded.owner, organization = excluded.organization,
       starred_at = coalesce(d.starred_at, excluded.starred_at)
returning id
