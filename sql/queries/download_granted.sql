-- Was a download by this URL counted?
-- $1 hash of the URL's capability
-- expects: one
select exists (select from download_grants where capability_hash = $1::bytea and expires_at > now()) as found;
