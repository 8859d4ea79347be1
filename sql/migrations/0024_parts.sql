-- Uploads in parts: how long the whole is, and how much of it is on the disk.

alter table upload_tickets
    add column size_bytes bigint check (size_bytes > 0),
    add column received_bytes bigint not null default 0 check (received_bytes >= 0),
    add check (received_bytes <= coalesce(size_bytes, 0));
