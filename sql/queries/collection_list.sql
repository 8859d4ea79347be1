-- Collections the viewer may read, by name; one page.
-- $1 viewer's user id (0: visitor) · $2 viewer is admin · $3 LIKE pattern, null for all · $4 only where he is a member
-- $5 name after which the page begins, null for the first · $6 rows · $7 only those with a star of his
-- expects: many
select c.id, c.name, c.description, c.is_private, m.role::text as membership, c.created_us, c.updated_us, c.container_count,
    s.user_id is not null as is_starred, c.owners, c.contributors
from collections_shown c
left join collection_members m on m.collection_id = c.id and m.user_id = $1::bigint
left join collection_stars s on s.collection_id = c.id and s.user_id = $1::bigint
where ($2::boolean or not c.is_private or m.role is not null)
    and ($3::text is null or c.name like $3)
    and (not $4::boolean or m.role is not null)
    and (not $7::boolean or s.user_id is not null)
    and ($5::text is null or c.name > $5)
order by c.name
limit $6::bigint;
