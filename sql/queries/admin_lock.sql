-- Hold all administrators who are switched on, until the transaction ends: nobody else switches one of them off meanwhile.
-- expects: many
select id from users where is_admin and is_active order by id for update;
