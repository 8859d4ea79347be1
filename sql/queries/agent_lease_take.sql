-- Take a job for a time, unless another agent has it. Nothing is changed then.
-- $1 job (text) · $2 holder (text) · $3 how long (seconds, bigint)
-- expects: none
insert into agent_leases as l (job, holder, ends)
values ($1::text, $2::text, now() + make_interval(secs => $3::bigint))
on conflict (job) do update set holder = excluded.holder, ends = excluded.ends
 where l.holder = excluded.holder or l.ends <= now()
