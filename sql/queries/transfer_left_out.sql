-- What a transfer of several images left out, in the order in which it was told.
-- $1 transfer (uuid)
-- expects: many
select o.image, o.reason
  from transfer_left_out o
 where o.transfer_id = $1::uuid
 order by o.ordinal
