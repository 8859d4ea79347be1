-- Note that a process of ours lives.
-- $1 host (text) · $2 role: api, upload or agent (text) · $3 process id (int) · $4 its workers (int) · $5 version (text)
-- expects: none
insert into processes (host, role, pid, workers, version)
values ($1::text, $2::text, $3::bigint, $4::bigint, $5::text)
on conflict (host, role, pid) do update set workers = excluded.workers, version = excluded.version, seen_at = now();
