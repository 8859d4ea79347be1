-- The user has seen what became of a transfer, or of all.
-- $1 user (bigint), $2 transfer (uuid; null: all)
-- expects: none
with news as (
    select id
      from transfers
     where user_id = $1::bigint
       and is_news
       and ($2::uuid is null or id = $2::uuid)
     order by created_at, id
       for update
)
update transfers
   set noticed = state
  from news
 where transfers.id = news.id
