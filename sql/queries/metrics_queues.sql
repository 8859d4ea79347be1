-- What waits for the agent, and what it found.
-- expects: one
select
    greatest(0, coalesce((select (extract(epoch from now() - min(t.next_check_at)) * 1000)::bigint
        from transfers t where t.finished_at is null), 0)) as overdue_ms,
    (select count(*) from globus_revocations) as revocations,
    coalesce((select (extract(epoch from now() - min(r.created_at)) * 1000)::bigint from globus_revocations r), 0) as revocation_age_ms,
    (select count(*) from images i where i.damaged_at is not null) as damaged;
