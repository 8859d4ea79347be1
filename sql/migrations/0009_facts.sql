-- What an image says of itself: read from its bytes once, when they arrive, or by the agent for those that came otherwise.

create type image_format as enum ('unknown', 'sif', 'squashfs', 'ext3');
create table image_facts (
    image_id     bigint       primary key references images on delete cascade,
    format       image_format not null,
    remark       text         not null,                  -- why a file that begins as SIF is not taken for one
    architecture text         not null,                  -- as Go names it; empty: not said
    built_at     timestamptz,
    definition   text         not null,                  -- empty: none
    objects      jsonb        not null                   -- list of descriptors, as the portal shows them
);

-- Labels belong to the bytes: a tag has those of the image it points to.
create table image_labels (
    image_id bigint not null references images on delete cascade,
    name     text   not null check (octet_length(name) between 1 and 250),
    value    text   not null check (octet_length(value) <= 1024),
    primary key (image_id, name)
);

alter table images add column facts_at timestamptz;      -- when they were read; null: not yet
create index images_without_facts on images (id) where facts_at is null;
