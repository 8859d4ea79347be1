-- Sign in with Globus: round-trips of people who have no session yet. Apart from oauth_states, so that a state made for signing in can
-- never connect anybody's account, nor the other way round.

create table signin_states (
    state_hash   bytea       primary key check (octet_length(state_hash) = 32),
    browser_hash bytea       not null check (octet_length(browser_hash) = 32), -- SHA-256 of a cookie made for this round-trip alone
    verifier     bytea       not null,                   -- sealed PKCE verifier
    nonce        text        not null,
    redirect_uri text        not null,                   -- exactly as sent to Globus
    next_path    text        not null check (next_path like '/%' and next_path not like '//%'),
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    used_at      timestamptz
);
create index signin_states_expires on signin_states (expires_at);
