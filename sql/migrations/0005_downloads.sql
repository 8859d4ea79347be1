-- Downloads within a period, per account ('user:7') and per visitor's address ('addr:192.0.2.7'). Only kept where there is a limit.
create table download_counts (
    subject   text        primary key,
    used      bigint      not null,
    resets_at timestamptz not null                       -- then the count begins anew
);
create index download_counts_resets on download_counts (resets_at);

-- Download URLs that were counted: going on with an interrupted download by the same URL counts no second time.
create table download_grants (
    capability_hash bytea       primary key check (octet_length(capability_hash) = 32),
    expires_at      timestamptz not null
);
create index download_grants_expires on download_grants (expires_at);
