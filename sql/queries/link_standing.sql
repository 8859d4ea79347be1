-- What stands between a user and Globus, as every page shows it: the connection, with what its tokens allow and until when the one for
-- Transfer is good; how many transfers need the user, or ended without their having seen it; and whether any is under way.
-- $1 user (bigint)
-- expects: maybe
select l.user_id is not null as is_linked,
    l.identity_id::text as identity_id, l.username, l.name, l.email, l.is_dead, l.consents, u.globus_mail,
    extract(epoch from l.linked_at)::bigint as linked_at, extract(epoch from l.last_used_at)::bigint as last_used_at,
    (select string_agg(t.scope, ' ' order by t.resource_server) from globus_tokens t where t.user_id = l.user_id) as scopes,
    (select extract(epoch from t.expires_at)::bigint from globus_tokens t
        where t.user_id = l.user_id and t.resource_server = 'transfer.api.globus.org') as expires_at,
    (select count(*) from transfers where user_id = u.id and is_news) as news,
    exists (select from transfers where user_id = u.id and finished_at is null) as is_any_open
from users u
left join globus_links l on l.user_id = u.id
where u.id = $1::bigint;
