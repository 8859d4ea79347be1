-- What a wish of several images named and did not send, as its user was told then.

create table transfer_left_out (
    transfer_id uuid    not null references transfers on delete cascade,
    ordinal     integer not null,
    image       text    not null,                         -- its uri, or "image 7" when it may not be known
    reason      text    not null,
    primary key (transfer_id, ordinal)
);
