-- A user's connection to Globus, with what its tokens allow and until when the one for Transfer is good.
-- $1 user (bigint)
-- expects: maybe
select l.identity_id::text as identity_id, l.username, l.name, l.email, l.is_dead, l.consents, u.globus_mail,
    extract(epoch from l.linked_at)::bigint as linked_at, extract(epoch from l.last_used_at)::bigint as last_used_at,
    (select string_agg(t.scope, ' ' order by t.resource_server) from globus_tokens t where t.user_id = l.user_id) as scopes,
    (select extract(epoch from t.expires_at)::bigint from globus_tokens t
        where t.user_id = l.user_id and t.resource_server = 'transfer.api.globus.org') as expires_at
from globus_links l
join users u on u.id = l.user_id
where l.user_id = $1::bigint;
