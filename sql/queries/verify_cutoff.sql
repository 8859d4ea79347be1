-- The moment before which an image must have been compared to be due.
-- $1 seconds a comparison counts
-- expects: one
select (extract(epoch from now() - $1::bigint * interval '1 second') * 1000000)::bigint as cutoff_us;
