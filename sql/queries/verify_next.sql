-- The image that was compared longest ago, with how far its comparison is. No row: nothing is due.
-- $1 microseconds: compared before this moment
-- expects: maybe
select id, collection_id, encode(sha256, 'hex') as sha256, size_bytes, check_offset, check_state, damaged_at is not null as is_damaged,
    (extract(epoch from checked_at) * 1000000)::bigint as checked_us
from images
where checked_at < timestamptz 'epoch' + $1::bigint * interval '1 microsecond'
order by checked_at, id
limit 1;
