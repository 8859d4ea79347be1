-- Several images as one task: the wish is a row of transfers as any other, its images are rows of their own.

alter table transfers add column files integer check (files > 0); -- how many images; null: one, which is in the row itself
create table transfer_files (
    transfer_id uuid    not null references transfers on delete cascade,
    ordinal     integer not null,
    image_id    bigint  references images on delete set null,
    uri         text    not null,                         -- collection/name:tag at the time of the wish
    sha256      bytea   not null,
    size_bytes  bigint  not null,
    name        text    not null,                         -- of the file, in the transfer's folder
    primary key (transfer_id, ordinal)
);
create index transfer_files_image on transfer_files (image_id);
-- A double click is one wish here, too. The sha256 of such a row is that of the list of its images.
create unique index transfers_one_open_wish_of_several on transfers (user_id, sha256, endpoint_id, path) where finished_at is null and files is not null;

-- Images that open transfers need.
create view images_under_way as
select t.image_id
  from transfers t
 where t.finished_at is null and t.image_id is not null
union all
select f.image_id
  from transfer_files f
  join transfers t on t.id = f.transfer_id
 where t.finished_at is null and f.image_id is not null;
