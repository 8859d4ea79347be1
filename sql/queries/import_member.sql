-- Bring a member of a collection; a contributor may become owner, never the other way round.
-- $1 collection id · $2 user id · $3 role
-- expects: none
insert into collection_members (collection_id, user_id, role)
values ($1::bigint, $2::bigint, $3::text::member_role)
on conflict (collection_id, user_id) do update set role = 'owner'
    where collection_members.role = 'contributor' and excluded.role = 'owner';
