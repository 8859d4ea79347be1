-- Whether Globus was given each image's sha256 to compare at both ends: then its success is the proof that these very bytes arrived.

alter table transfers add column is_compared boolean not null default false;
