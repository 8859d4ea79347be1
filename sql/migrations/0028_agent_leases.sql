-- works with: 27
-- Which agent does a job that should not be done twice at once. A lease ends by itself, so an agent that died or was cut off is followed by
-- another whatever became of its connection.
create table agent_leases (
    job    text        primary key check (length(job) between 1 and 64), -- name, as in the log
    holder text        not null,                                         -- host and process
    ends   timestamptz not null
);
