-- Where a user sends images: places they starred, one of which may be their usual one, and those they sent to last.

create table destinations (
    id            bigint      generated always as identity primary key,
    user_id       bigint      not null references users on delete cascade,
    endpoint_id   uuid        not null,
    folder        text        not null,                   -- ends with /; empty: the endpoint's default folder
    endpoint_name text        not null,                   -- as Globus said when it was starred or sent to last
    owner         text        not null default '',
    organization  text        not null default '',
    is_usual      boolean     not null default false,
    starred_at    timestamptz,                            -- null: not starred
    last_sent_at  timestamptz,                            -- null: never sent to
    unique (user_id, endpoint_id, folder),
    check (starred_at is not null or not is_usual),
    check (folder = '' or folder like '/%/' or folder = '/')
);
create unique index destinations_usual on destinations (user_id) where is_usual;

-- Has an image arrived there before?
create index transfers_done on transfers (user_id, endpoint_id, finished_at desc) where state = 'done';

alter table users add column file_pattern text;           -- null: the default of transfer/destination.h

insert into destinations (user_id, endpoint_id, folder, endpoint_name, last_sent_at)
select user_id, endpoint_id, folder, endpoint_name, created_at
  from (select t.*, row_number() over (partition by user_id order by created_at desc, folder) as place
          from (select distinct on (user_id, endpoint_id, folder)
                       user_id, endpoint_id, regexp_replace(path, '[^/]*$', '') as folder, endpoint_name, created_at
                  from transfers
                 where path like '/%'
                 order by user_id, endpoint_id, folder, created_at desc) t) newest
 where place <= 20;
