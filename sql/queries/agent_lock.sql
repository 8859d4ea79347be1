-- Take the advisory lock of a job, if no other agent holds it. It ends with agent_unlock or with the connection.
-- $1 class of the locks (int), $2 row of the job (int)
-- expects: one
select pg_try_advisory_lock($1::integer, $2::integer) as locked
