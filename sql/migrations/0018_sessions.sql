-- Who is shown their sessions has to recognise them: the browser's own name for itself, as far as it is printable.

alter table sessions add column agent text not null default '';
