-- Keep a collection from being renamed or deleted until the transaction ends. No row: there is none of that name.
-- $1 name
-- expects: maybe
select id from collections where name = $1::text for key share;
