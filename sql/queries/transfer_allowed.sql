-- May this stored wish still be sent? No row: its image is gone.
-- $1 id (uuid)
-- expects: maybe
select c.is_private, u.is_active
  from transfers t
  join images i on i.id = t.image_id
  join collections c on c.id = i.collection_id
  join users u on u.id = t.user_id
 where t.id = $1::uuid
