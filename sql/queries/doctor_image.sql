-- The newest sound image.
-- expects: maybe
select collection_id, encode(sha256, 'hex') as sha256, size_bytes
  from images
 where damaged_at is null
 order by id desc
 limit 1
