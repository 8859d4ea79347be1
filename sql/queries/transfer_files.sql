-- The images of a transfer of several, in their order.
-- $1 transfer (uuid)
-- expects: many
select f.uri, encode(f.sha256, 'hex') as sha256, f.size_bytes, f.name
  from transfer_files f
 where f.transfer_id = $1::uuid
 order by f.ordinal
