-- What the doctor found when it looked last, in its order.
-- expects: many
select check_name, result, text, remedy, host, extract(epoch from found_at)::bigint as found_at
from findings
order by position;
