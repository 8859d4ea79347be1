-- May this stored wish still be sent? No row: its image is gone. Several images are of one collection.
-- $1 id (uuid)
-- expects: maybe
select c.is_private, u.is_active, not c.is_private or u.is_admin or m.role is not null as may_read
  from transfers t
  join images i on i.id = coalesce(t.image_id, (select f.image_id from transfer_files f where f.transfer_id = t.id and f.image_id is not null limit 1))
  join collections c on c.id = i.collection_id
  join users u on u.id = t.user_id
  left join collection_members m on m.collection_id = c.id and m.user_id = u.id
 where t.id = $1::uuid
