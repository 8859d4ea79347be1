-- What was done in a collection, for its owners. Rows of before know no collection; the number stays when the collection is gone.

alter table audit add column collection_id bigint;
create index audit_collection on audit (collection_id, id desc) where collection_id is not null;
