-- The image's bytes were replaced by right ones: it is not damaged any more. Its row is locked already.
-- $1 id
-- expects: none
update images set damaged_at = null, checked_at = now(), check_offset = 0, check_state = null where id = $1::bigint;
