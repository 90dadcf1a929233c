-- Carrier lookups: written before they are paid for, kept with what they said. address_key carries the last answer, which verdicts read.

create table line_lookup (
    id          {id} not null primary key,
    address_id  {id} not null references address_key(id),
    source      {id} not null,
    day         {day} not null,                     -- the owner's day its money counts on
    micro       bigint not null,
    asked_at    {instant} not null,
    answered_at {instant},
    line_type   text,
    business    text check (business in ('yes', 'no')),
    raw         text,
    error       text
);
create index line_lookup_address on line_lookup(address_id, asked_at);
create index line_lookup_day on line_lookup(day);
