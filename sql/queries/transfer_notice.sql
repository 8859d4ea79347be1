-- The user has seen what became of a transfer, or of all.
-- $1 user (bigint), $2 transfer (uuid; null: all)
-- expects: none
update transfers
   set noticed = state
 where user_id = $1::bigint
   and is_news
   and ($2::uuid is null or id = $2::uuid)
