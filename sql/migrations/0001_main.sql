-- The first schema. Times are timestamptz; the database's clock is the only clock for expiry, so every host agrees.
-- Secrets are stored hashed (session ids, states, tickets: SHA-256 of a random value) or sealed (tokens: see docs/adr/0005).

create table users (
    id            bigint generated always as identity primary key,
    username      text        not null unique check (username ~ '^[a-z0-9][a-z0-9._@+-]{0,63}$'),
    password_hash text,                                  -- Argon2id, PHC string; null: no local login
    client_token  bytea,                                 -- sealed; the key of the sregistry client's signature
    is_admin      boolean     not null default false,
    is_active     boolean     not null default true,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);

create table sessions (
    id_hash      bytea       primary key check (octet_length(id_hash) = 32),
    user_id      bigint      not null references users on delete cascade,
    address      text        not null,
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null                    -- absolute; idleness is judged from last_seen_at
);
create index sessions_user on sessions (user_id);
create index sessions_expires on sessions (expires_at);

-- Failed logins, counted per account and per address ('user:alice', 'addr:192.0.2.7').
create table login_failures (
    subject      text        primary key,
    failures     integer     not null,
    window_start timestamptz not null,
    retry_after  timestamptz not null
);

create table oauth_states (
    state_hash   bytea       primary key check (octet_length(state_hash) = 32),
    session_hash bytea       not null references sessions on delete cascade,
    user_id      bigint      not null references users on delete cascade,
    verifier     bytea       not null,                   -- sealed PKCE verifier
    nonce        text        not null,
    redirect_uri text        not null,                   -- exactly as sent to Globus
    next_path    text        not null check (next_path like '/%' and next_path not like '//%'),
    scopes       text        not null default '',        -- asked for beyond the four: consents once the code is exchanged
    transfer_id  uuid,                                   -- the wish that resumes when this consent is given
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    used_at      timestamptz
);
create index oauth_states_expires on oauth_states (expires_at);

create table globus_links (
    user_id      bigint      primary key references users on delete cascade,
    identity_id  uuid        not null unique,            -- one Globus identity belongs to one user
    username     text        not null,
    name         text,
    email        text,
    organization text,
    is_dead      boolean     not null default false,     -- Globus said invalid_grant: the user must reconnect
    consents     text        not null default '',        -- required_scopes granted by step-ups, sent again at later logins
    linked_at    timestamptz not null default now(),
    last_used_at timestamptz
);

create table globus_tokens (
    user_id         bigint      not null references globus_links on delete cascade,
    resource_server text        not null,                -- auth.globus.org, transfer.api.globus.org
    access_token    bytea       not null,                -- sealed
    refresh_token   bytea,                               -- sealed
    scope           text        not null,
    expires_at      timestamptz not null,
    refresh_until   timestamptz,                         -- lease of the one who refreshes; null: nobody does
    updated_at      timestamptz not null default now(),
    primary key (user_id, resource_server)
);

-- Tokens of deleted links that Globus could not be told about yet; the agent retries.
create table globus_revocations (
    id          bigint generated always as identity primary key,
    user_id     bigint      not null,                    -- whose it was: part of the seal, the user may be gone
    token       bytea       not null,                    -- sealed
    attempts    integer     not null default 0,
    next_try_at timestamptz not null default now(),
    created_at  timestamptz not null default now()
);
create index globus_revocations_next on globus_revocations (next_try_at);

create table collections (
    id          bigint generated always as identity primary key,
    name        text        not null unique check (length(name) between 1 and 250),
    is_private  boolean     not null,
    description text        not null default '',
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

create type member_role as enum ('owner', 'contributor');
create table collection_members (
    collection_id bigint      not null references collections on delete cascade,
    user_id       bigint      not null references users on delete cascade,
    role          member_role not null,
    created_at    timestamptz not null default now(),
    primary key (collection_id, user_id)
);
create index collection_members_user on collection_members (user_id);

-- Stored bytes: one row, one file images/<collection_id>/sha256.<hex>.sif. The same bytes in another collection are a hard link.
create table images (
    id            bigint generated always as identity primary key,
    collection_id bigint      not null references collections,
    sha256        bytea       not null check (octet_length(sha256) = 32),
    size_bytes    bigint      not null check (size_bytes > 0),
    created_at    timestamptz not null default now(),
    unique (collection_id, sha256)
);
create index images_sha256 on images (sha256);

create table containers (
    id            bigint generated always as identity primary key,
    collection_id bigint      not null references collections on delete cascade,
    name          text        not null check (length(name) between 1 and 250),
    tag           text        not null check (length(tag) between 1 and 128),
    image_id      bigint      not null references images,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    unique (collection_id, name, tag)
);
create index containers_image on containers (image_id);
create index containers_recent on containers (collection_id, updated_at desc, id desc);

create table upload_tickets (
    ticket_hash bytea       primary key check (octet_length(ticket_hash) = 32),
    user_id     bigint      not null references users on delete cascade,
    collection  text        not null,
    name        text        not null,
    tag         text        not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index upload_tickets_user on upload_tickets (user_id, expires_at);

create type transfer_state as enum ('waiting', 'queued', 'running', 'needs_you', 'paused', 'done', 'failed', 'cancelled');
create table transfers (
    id                uuid           primary key default gen_random_uuid(),
    user_id           bigint         not null references users on delete cascade,
    container_id      bigint         references containers on delete set null,
    image_id          bigint         references images on delete set null,
    uri               text           not null,            -- collection/name:tag at the time of the wish
    sha256            bytea          not null,
    source_path       text           not null,            -- path inside the source collection
    endpoint_id       uuid           not null,
    endpoint_name     text           not null,
    path              text           not null,            -- full destination path of the file
    state             transfer_state not null default 'waiting',
    state_text        text           not null,
    submission_id     uuid,                               -- stored before the submit (promise P3)
    task_id           uuid,
    bytes_total       bigint         not null,
    bytes_transferred bigint         not null default 0,
    bytes_per_second  bigint         not null default 0,
    faults            integer        not null default 0,
    attempts          integer        not null default 0,  -- of the submit
    next_check_at     timestamptz    not null default now(), -- when the agent looks at it again; also its lease
    created_at        timestamptz    not null default now(),
    updated_at        timestamptz    not null default now(),
    finished_at       timestamptz
);
create index transfers_user on transfers (user_id, created_at desc, id desc);
create index transfers_open on transfers (next_check_at) where finished_at is null;
create index transfers_image on transfers (image_id) where finished_at is null;
-- A double click is one wish: while it is open, the same image to the same place is the same transfer.
create unique index transfers_one_open_wish on transfers (user_id, image_id, endpoint_id, path) where finished_at is null;

create table audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    user_id    bigint,
    action     text        not null,                      -- user.login, image.push, globus.connect, transfer.create, ...
    subject    text        not null,
    request_id text        not null
);
create index audit_at on audit (at);
