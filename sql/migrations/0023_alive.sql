-- What an administrator asks first when something hangs: what runs, and what the doctor found when it looked last.

create table processes (
    host text not null,
    role text not null check (role in ('api', 'upload', 'agent')),
    pid integer not null,
    workers integer not null check (workers >= 0), -- of a pool: those that take requests; of an agent: 1
    version text not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    primary key (host, role, pid)
);

create table findings (
    position integer primary key,
    check_name text not null,
    result text not null check (result in ('ok', 'warning', 'problem', 'skipped')),
    text text not null,
    remedy text not null,
    host text not null,
    found_at timestamptz not null default now()
);
