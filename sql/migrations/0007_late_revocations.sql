-- When the operator was last told that Globus does not take a revocation: once a day is enough.

alter table globus_revocations add column told_at timestamptz;
