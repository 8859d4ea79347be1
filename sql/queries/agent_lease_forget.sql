-- Take away what agents of one host hold: the one that begins there follows one that died.
-- $1 host (text)
-- expects: none
delete from agent_leases where starts_with(holder, $1::text || '/')
