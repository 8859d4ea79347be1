-- Give a job back, unless the lease ran out and another agent has it.
-- $1 job (text) · $2 holder (text)
-- expects: none
delete from agent_leases where job = $1::text and holder = $2::text
