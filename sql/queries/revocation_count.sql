-- Tokens that Globus still has to be told about.
-- expects: one
select count(*) as count
from globus_revocations;
