-- What a user has not seen yet of what became of their transfers. "noticed" is the state they last saw; what ended before this
-- migration counts as seen.

alter table transfers add column noticed transfer_state;
update transfers set noticed = state;
alter table transfers add column is_news boolean not null
    generated always as (state in ('needs_you', 'done', 'failed', 'cancelled') and noticed is distinct from state) stored;
create index transfers_news on transfers (user_id) where is_news;
