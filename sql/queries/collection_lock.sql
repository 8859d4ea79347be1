-- Change a collection alone until the transaction ends; waits for pushes that are just being committed.
-- $1 id
-- expects: maybe
select id from collections where id = $1::bigint for update;
