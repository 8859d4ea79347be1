-- Whether Globus writes an e-mail when a task ends or needs its owner: the user's choice, kept with each wish, so that what is submitted again is
-- the same document.

alter table users add column globus_mail boolean not null default true;
alter table transfers add column globus_mail boolean not null default true;
