-- Create a collection with its first owner. No row: somebody else created it meanwhile.
-- $1 name · $2 is private · $3 owner's user id · $4 description · $5 request id · $6 address
-- expects: maybe
with created as (
    insert into collections (name, is_private, description) values ($1::text, $2::boolean, $4::text)
    on conflict (name) do nothing
    returning id
), owned as (
    insert into collection_members (collection_id, user_id, role) select id, $3::bigint, 'owner' from created
), noted as (
    insert into audit (user_id, action, subject, request_id, collection_id, address)
    select $3::bigint, 'collection.create', $1, $5::text, id, coalesce($6::text, '') from created
)
select id from created;
