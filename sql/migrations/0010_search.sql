-- Search (docs/adr/0010): one text per container, its words set apart by blanks, found by trigrams. Triggers keep it, so that it stays
-- right whoever changes a name, a description or a label.

create extension if not exists pg_trgm;

-- Letters and digits in lower case, each run of anything else one blank, one at both ends.
create function search_words(text) returns text language sql immutable strict parallel safe return
    ' ' || trim(regexp_replace(lower($1), '[^[:alnum:]]+', ' ', 'g')) || ' ';

-- LIKE pattern of the $2-th word of a query. It may stand inside a word; one of less than three letters only at the beginning of one, since
-- there are no trigrams of less. Everything fits where there is no such word.
create function search_pattern(text, integer) returns text language sql immutable strict parallel safe return
    case length(split_part(search_words($1), ' ', $2 + 1))
        when 0 then '%'
        when 1 then '% ' || split_part(search_words($1), ' ', $2 + 1) || '%'
        when 2 then '% ' || split_part(search_words($1), ' ', $2 + 1) || '%'
        else '%' || split_part(search_words($1), ' ', $2 + 1) || '%'
    end;

create function search_labels(bigint) returns text language sql stable return (
    select string_agg(l.name || ' ' || l.value, ' ' order by l.name) from image_labels l where l.image_id = $1
);
-- Of collection, name, tag, image.
create function search_document(bigint, text, text, bigint) returns text language sql stable return (
    select search_words(concat_ws(' ', c.name, $2, $3, c.description, search_labels($4))) from collections c where c.id = $1
);

alter table containers add column document text not null default '';

create function containers_describe() returns trigger language plpgsql as $$
begin
    new.document := search_document(new.collection_id, new.name, new.tag, new.image_id);
    return new;
end
$$;
create trigger containers_describe before insert or update of collection_id, name, tag, image_id on containers
    for each row execute function containers_describe();

create function collections_describe() returns trigger language plpgsql as $$
begin
    update containers set document = search_document(collection_id, name, tag, image_id) where collection_id = new.id;
    return null;
end
$$;
create trigger collections_describe after update of name, description on collections
    for each row when (old.name is distinct from new.name or old.description is distinct from new.description)
    execute function collections_describe();

create function image_labels_describe() returns trigger language plpgsql as $$
begin
    update containers set document = search_document(collection_id, name, tag, image_id)
    where image_id in (select image_id from changed);
    return null;
end
$$;
create trigger image_labels_described after insert on image_labels referencing new table as changed
    for each statement execute function image_labels_describe();
create trigger image_labels_redescribed after update on image_labels referencing new table as changed
    for each statement execute function image_labels_describe();

update containers set document = search_document(collection_id, name, tag, image_id);

create index containers_document on containers using gin (document gin_trgm_ops);
create index containers_latest on containers (updated_at desc, id desc);
create index containers_name on containers (name, updated_at desc, id desc);
create index collections_name_part on collections using gin (name gin_trgm_ops);
create index image_labels_name on image_labels (name, value);
create index image_labels_value on image_labels (value, name);
