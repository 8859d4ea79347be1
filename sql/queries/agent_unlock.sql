-- Give the advisory lock of a job back.
-- $1 class of the locks (int), $2 row of the job (int)
-- expects: one
select pg_advisory_unlock($1::integer, $2::integer) as unlocked
