-- Forget what the doctor found the time before.
-- expects: none
delete from findings
