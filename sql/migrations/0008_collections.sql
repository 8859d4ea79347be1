-- Managed collections: frozen tags, earlier contents of a tag, share links. A collection's files outlive it until the sweep.

alter table containers add column is_frozen boolean not null default false;

-- What a tag pointed at before, newest last; what it points at now is in containers and never here.
create table container_versions (
    id           bigint generated always as identity primary key,
    container_id bigint      not null references containers on delete cascade,
    image_id     bigint      not null references images,
    pushed_at    timestamptz not null,                   -- when the tag came to it
    moved_at     timestamptz not null default now(),     -- when the tag moved on
    unique (container_id, image_id)
);
create index container_versions_image on container_versions (image_id);

-- Addresses that hand out one image without signing in. The secret is stored hashed; the link ends with its maker's right to share.
create table share_links (
    id           bigint generated always as identity primary key,
    secret_hash  bytea       not null unique check (octet_length(secret_hash) = 32),
    container_id bigint      not null references containers on delete cascade,
    image_id     bigint      not null references images on delete cascade,
    created_by   bigint      not null references users on delete cascade,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null
);
create index share_links_container on share_links (container_id);
create index share_links_expires on share_links (expires_at);

-- The path of a file holds the id of its collection, so its row must outlive a deleted collection until the file is gone.
alter table images drop constraint images_collection_id_fkey;
