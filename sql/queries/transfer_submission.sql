-- Store a submission id, unless one is stored: whoever comes second uses the first one's. No row: the wish is finished.
-- $1 id (uuid), $2 submission id (uuid)
-- expects: maybe
update transfers
   set submission_id = coalesce(submission_id, $2::uuid),
       updated_at = now()
 where id = $1::uuid
   and finished_at is null
returning submission_id::text
