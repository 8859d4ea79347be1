-- What a subject has downloaded within its period. No row: nothing.
-- $1 subject
-- expects: maybe
select used, extract(epoch from resets_at)::bigint as resets_at, ceil(extract(epoch from resets_at - now()))::bigint as resets_s
from download_counts
where subject = $1::text and resets_at > now();
