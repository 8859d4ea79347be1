-- What agents count, for /metrics: they answer no requests themselves. A row per series, since the agent's start.
create table agent_counters (
    agent     text        not null check (length(agent) between 1 and 64), -- name of its host
    metric    text        not null,                                        -- name, as in docs/monitoring.md
    suffix    text        not null,                                        -- of the name: _bucket, _sum, _count, or nothing
    labels    text        not null,                                        -- as written between the braces
    value     bigint      not null,
    stored_at timestamptz not null default now(),
    primary key (agent, metric, suffix, labels)
);
