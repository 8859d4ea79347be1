-- The home page shows the collections that were pushed to last.

create index collections_recent on collections (updated_at desc, id desc);
