-- Change what a collection says about itself. A name that is taken violates its uniqueness.
-- $1 id · $2 name · $3 description · $4 is private
-- expects: none
update collections set name = $2::text, description = $3::text, is_private = $4::boolean, updated_at = now()
where id = $1::bigint;
