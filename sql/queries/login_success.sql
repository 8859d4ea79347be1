-- The attempt was none: forget the account's failures, take the address's one back.
-- $1 subject of the account (text) · $2 subject of the address (text)
-- expects: none
with forgotten as (
    delete from login_failures where subject = $1::text
)
update login_failures
set failures = greatest(failures - 1, 0), retry_after = now()
where subject = $2::text;
