-- From where something was done: the address nginx saw. Empty: by a command, by the agent, or before this was kept.
alter table audit add column address text not null default '';
