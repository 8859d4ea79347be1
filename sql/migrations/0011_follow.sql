-- The agent takes the open transfers of one user together, and whoever watches one hastens the next look, but not before Globus asked for.

alter table transfers add column not_before timestamptz; -- no look before: Globus asked for patience
create index transfers_open_of_user on transfers (user_id, next_check_at) where finished_at is null;
