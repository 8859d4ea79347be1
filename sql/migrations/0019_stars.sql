-- Collections that users keep at hand.

create table collection_stars (
    user_id       bigint      not null references users on delete cascade,
    collection_id bigint      not null references collections on delete cascade,
    created_at    timestamptz not null default now(),
    primary key (user_id, collection_id)
);
create index collection_stars_collection on collection_stars (collection_id);
