-- Freeze a tag, or let it go.
-- $1 id · $2 is frozen
-- expects: none
update containers set is_frozen = $2::boolean where id = $1::bigint and is_frozen <> $2::boolean;
