-- Connect a user to a Globus identity, or renew that connection. No row: the user is connected to another identity. An identity that
-- belongs to another user is a unique violation.
-- $1 user (bigint) · $2 identity (uuid) · $3 its user name (text) · $4 name, $5 email, $6 organization, null when unknown (text)
-- $7 consents: scopes beyond the four (text)
-- expects: maybe
insert into globus_links as l (user_id, identity_id, username, name, email, organization, consents)
values ($1::bigint, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text)
on conflict (user_id) do update set
    username = excluded.username, name = excluded.name, email = excluded.email, organization = excluded.organization,
    consents = excluded.consents, is_dead = false
where l.identity_id = excluded.identity_id
returning user_id;
