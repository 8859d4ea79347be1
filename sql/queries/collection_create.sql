-- Create a collection with its first owner. No row: somebody else created it meanwhile.
-- $1 name · $2 is private · $3 owner's user id
-- expects: maybe
with created as (
    insert into collections (name, is_private) values ($1::text, $2::boolean)
    on conflict (name) do nothing
    returning id
), owned as (
    insert into collection_members (collection_id, user_id, role) select id, $3::bigint, 'owner' from created
)
select id from created;
