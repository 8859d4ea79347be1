-- Re-hashing what is stored: each image is read again from time to time and compared with its digest.

alter table images
    add column checked_at   timestamptz not null default now(), -- when its bytes were last compared; a push compares them too
    add column check_offset bigint      not null default 0,     -- bytes hashed of a comparison that is under way
    add column check_state  bytea,                              -- the running hash after them
    add column damaged_at   timestamptz;                        -- the bytes are not what they were: refused until they are
update images set checked_at = created_at;
create index images_checked on images (checked_at, id);
create index images_damaged on images (id) where damaged_at is not null;
