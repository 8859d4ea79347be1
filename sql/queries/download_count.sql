-- Count a download and remember its URL, unless the limit is reached. A period begins with its first download.
-- $1 subject · $2 downloads allowed · $3 seconds of a period · $4 hash of the URL's capability · $5 seconds the URL is valid
-- expects: maybe
with counted as (
    insert into download_counts as d (subject, used, resets_at)
    values ($1::text, 1, now() + $3::bigint * interval '1 second')
    on conflict (subject) do update set
        used = case when d.resets_at <= now() then 1 else d.used + 1 end,
        resets_at = case when d.resets_at <= now() then now() + $3::bigint * interval '1 second' else d.resets_at end
    where d.used < $2::bigint or d.resets_at <= now()
    returning used, resets_at
), granted as (
    insert into download_grants (capability_hash, expires_at)
    select $4::bytea, now() + $5::bigint * interval '1 second' from counted
    on conflict (capability_hash) do nothing
)
select used, extract(epoch from resets_at)::bigint as resets_at, ceil(extract(epoch from resets_at - now()))::bigint as resets_s
from counted;
