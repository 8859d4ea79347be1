-- How much there is, for the overview.
-- expects: one
select (select count(*) from users) as users,
    (select count(*) from users where is_active) as active_users,
    (select count(*) from collections) as collections,
    (select count(*) from containers) as containers,
    (select count(*) from images) as images,
    (select coalesce(sum(size_bytes), 0)::bigint from images) as stored_bytes,
    (select count(*) from images where damaged_at is not null) as damaged,
    (select count(*) from globus_revocations where created_at < now() - interval '3 days') as late_revocations;
