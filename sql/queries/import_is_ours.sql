-- Did somebody do this here after it was last brought (or without it ever being brought)?
-- $1 what makes it ours (action) · $2 what bringing it is called (action) · $3 subject
-- expects: one
select coalesce((select max(a.at) from audit a where a.action = $1::text and a.subject = $3::text), '-infinity')
    > coalesce((select max(b.at) from audit b where b.action = $2::text and b.subject = $3::text), '-infinity') as is_ours,
    exists (select from audit b where b.action = $2 and b.subject = $3) as is_brought;
