-- Keep one finding of the doctor.
-- $1 place in the order of the checks (int) · $2 check (text) · $3 result (text) · $4 what was found (text) · $5 what to do, or empty (text)
-- $6 on which host (text)
-- expects: none
insert into findings (position, check_name, result, text, remedy, host)
values ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text);
