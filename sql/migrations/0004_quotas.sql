-- How much may be stored: per user (what the tags he pushed show) and per collection (what its tags show), in bytes.

alter table users       add column quota_bytes bigint check (quota_bytes >= 0); -- null: USER_QUOTA; 0: no limit
alter table collections add column quota_bytes bigint check (quota_bytes >= 0); -- null: COLLECTION_QUOTA; 0: no limit

-- Who pushed what a tag shows: he pays for it. What was there before is paid for by the collection's first owner.
alter table containers add column pushed_by bigint references users on delete set null;
update containers k set pushed_by = (
    select m.user_id from collection_members m
    where m.collection_id = k.collection_id and m.role = 'owner' order by m.created_at, m.user_id limit 1);
create index containers_pushed_by on containers (pushed_by, image_id);

-- Room that pushes under way have been promised. A push that dies stops renewing its row.
create table push_reservations (
    id         bigint generated always as identity primary key,
    user_id    bigint      not null references users on delete cascade,
    collection text        not null,                   -- by name: it may not exist yet
    bytes      bigint      not null check (bytes >= 0),
    expires_at timestamptz not null
);
create index push_reservations_user on push_reservations (user_id);
create index push_reservations_collection on push_reservations (collection);
create index push_reservations_expires on push_reservations (expires_at);
