-- Users with their client tokens. Staff and superusers both administered the old registry.
select u.id::bigint as id, u.username, (u.is_superuser or u.is_staff) as is_admin, (u.is_active and u.active) as is_active,
    t.key as token
from users_user u
left join authtoken_token t on t.user_id = u.id
order by u.id;
