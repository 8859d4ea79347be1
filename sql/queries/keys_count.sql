-- How many sealed values there are, by place and by whether SECRET_KEY sealed them.
-- $1 what a value sealed with SECRET_KEY begins with (bytea)
-- expects: many
select place, count(*) filter (where is_current) as current, count(*) filter (where not is_current) as others
from (
    select 'users.client_token' as place, substring(client_token from 1 for octet_length($1::bytea)) = $1::bytea as is_current
    from users where client_token is not null
    union all
    select 'globus_tokens.access_token', substring(access_token from 1 for octet_length($1::bytea)) = $1::bytea
    from globus_tokens
    union all
    select 'globus_tokens.refresh_token', substring(refresh_token from 1 for octet_length($1::bytea)) = $1::bytea
    from globus_tokens where refresh_token is not null
    union all
    select 'globus_revocations.token', substring(token from 1 for octet_length($1::bytea)) = $1::bytea
    from globus_revocations
    union all
    select 'oauth_states.verifier', substring(verifier from 1 for octet_length($1::bytea)) = $1::bytea
    from oauth_states where expires_at > now() and used_at is null
    union all
    select 'signin_states.verifier', substring(verifier from 1 for octet_length($1::bytea)) = $1::bytea
    from signin_states where expires_at > now() and used_at is null
) as sealed
group by place
order by place;
