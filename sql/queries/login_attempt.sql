-- Count an attempt to sign in as a failure until it turns out well, unless its subject has to wait.
-- Who has used up what is allowed within the window waits 30 s, and twice as long after each further failure, at most the window.
-- $1 subject, 'user:alice' or 'addr:192.0.2.7' (text) · $2 failures allowed (integer) · $3 window (seconds, bigint)
-- expects: one
with counted as (
    insert into login_failures as f (subject, failures, window_start, retry_after)
    values ($1::text, 1, now(), now() + make_interval(secs => case when $2::integer <= 1 then least(30, $3::bigint) else 0 end))
    on conflict (subject) do update set
        failures = case when f.window_start <= now() - make_interval(secs => $3) then 1 else f.failures + 1 end,
        window_start = case when f.window_start <= now() - make_interval(secs => $3) then now() else f.window_start end,
        retry_after = now() + make_interval(secs => case
            when f.window_start <= now() - make_interval(secs => $3) or f.failures + 1 < $2 then 0
            else least($3, 30 * 2 ^ least(f.failures + 1 - $2, 20)) end)
    where f.retry_after <= now()
    returning 0::bigint as wait_s
)
select coalesce(
    (select wait_s from counted),
    (select greatest(1, ceil(extract(epoch from retry_after - now())))::bigint from login_failures where subject = $1),
    1) as wait_s;
