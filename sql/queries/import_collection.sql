-- Bring a collection. One that is here already only becomes private when it was private there.
-- $1 name · $2 is private · $3 description · $4 created (Unix seconds) · $5 changed (Unix seconds)
-- expects: one
insert into collections (name, is_private, description, created_at, updated_at)
values ($1::text, $2::boolean, $3::text, to_timestamp($4::double precision), to_timestamp($5::double precision))
on conflict (name) do update set is_private = collections.is_private or excluded.is_private
returning id;
