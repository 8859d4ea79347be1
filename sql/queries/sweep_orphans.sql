-- Which of these files have no row? Each is looked at again under its lock before it goes.
-- $1 collection ids · $2 sha256 (hex), as many
-- expects: many
select f.collection_id, f.sha256
from unnest($1::bigint[], $2::text[]) as f (collection_id, sha256)
where not exists (select from images i where i.collection_id = f.collection_id and i.sha256 = decode(f.sha256, 'hex'));
