-- Remove sign-ins nobody can return with any more; used ones are kept for an hour, to tell "used" from "unknown".
-- expects: none
delete from signin_states
 where expires_at < now() - interval '1 hour'
