-- Read rules at Globus (GLOBUS_SOURCE_ACCESS=per-user): what was asked for, stored before each call (docs/adr/0011).

create type rule_state as enum ('wanted', 'granted', 'withdrawing');
-- One row for each rule that is, or may be, at Globus. It outlives a rule that was withdrawn while a late request may still make it again.
create table read_rules (
    id            bigint generated always as identity primary key,
    source_id     uuid        not null,                   -- the collection at Globus
    identity_id   uuid        not null,                   -- who may read
    path          text        not null check (path like '/%/'),
    collection_id bigint      not null,                   -- whose images lie there; it may be gone
    state         rule_state  not null default 'wanted',
    access_id     text,                                   -- the rule at Globus; null: not known whether there is one
    is_foreign    boolean     not null default false,     -- it was there before us: not ours to withdraw
    wants         bigint      not null default 1,         -- grows with each transfer that comes to need it
    tries         integer     not null default 1,         -- how often Globus may have been asked to make it
    tried_at      timestamptz not null default now(),
    look_at       timestamptz not null default now(),     -- when the agent looks at it again
    unique (source_id, identity_id, path),
    check (state = 'wanted' or access_id is not null)
);

create table transfer_rules (
    transfer_id uuid   not null references transfers on delete cascade,
    rule_id     bigint not null references read_rules on delete cascade,
    primary key (transfer_id, rule_id)
);
create index transfer_rules_rule on transfer_rules (rule_id);

-- Which rules are needed, by which transfers: open ones of people who may still read the images. A deleted collection's images are on
-- their way until the transfer ends.
create view rule_needs as
select n.rule_id, n.transfer_id
  from transfer_rules n
  join read_rules r on r.id = n.rule_id
  join transfers t on t.id = n.transfer_id and t.finished_at is null
  join users u on u.id = t.user_id and u.is_active
  left join collections c on c.id = r.collection_id
  left join collection_members m on m.collection_id = c.id and m.user_id = u.id
 where u.is_admin
    or m.role is not null
    or c.is_private is not true;
