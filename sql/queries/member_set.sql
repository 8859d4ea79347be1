-- Make a user a member, or give a member another role.
-- $1 collection id · $2 user id · $3 role
-- expects: none
insert into collection_members (collection_id, user_id, role)
values ($1::bigint, $2::bigint, ($3::text)::member_role)
on conflict (collection_id, user_id) do update set role = excluded.role;
