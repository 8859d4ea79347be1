-- Note how far a comparison is, unless somebody else compared or healed the image meanwhile.
-- $1 id · $2 microseconds: checked_at as it was read · $3 offset as it was read · $4 offset · $5 running hash
-- expects: none
update images set check_offset = $4::bigint, check_state = $5::bytea
where id = $1::bigint and check_offset = $3::bigint
    and checked_at = timestamptz 'epoch' + $2::bigint * interval '1 microsecond';
