-- What a new transfer of several images leaves out.
-- $1 transfer (uuid), $2 images with reasons (JSON list)
-- expects: none
insert into transfer_left_out (transfer_id, ordinal, image, reason)
select $1::uuid, o.ordinal, o.image, o.reason
  from rows from (jsonb_to_recordset($2::jsonb) as (image text, reason text)) with ordinality as o (image, reason, ordinal)
