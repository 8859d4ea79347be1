-- works with: 26
-- The oldest program, by the number of its schema, that lives with a schema: where several hosts are upgraded one after the other, those
-- that come later go on meanwhile. Null: none but the one it was written for.
alter table public.schema_migrations add column works_with integer;
