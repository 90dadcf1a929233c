-- Where people are found: saved searches, what they showed, and what buying it cost. Credits are counted in thousandths, money in millionths of a dollar.

create table search (
    id               {id} not null primary key,
    name             text not null,
    source           {id} not null,
    filter           text not null,
    page             bigint not null default 1,     -- the cursor: the page to be asked next
    last_searched_at {instant},
    exhausted_at     {instant},                     -- its last page was read; it starts anew a day later
    paused_at        {instant},
    pause_reason     text,
    created_at       {instant} not null
);

create table prospect (
    source      {id} not null,
    external_id {id} not null,
    search_id   {id} not null references search(id),
    state       text not null check (state in ('found', 'asked', 'lead', 'duplicate', 'cannot', 'unknown')),
    reason      text,                               -- why it cannot become a lead
    found_at    {instant} not null,
    asked_at    {instant},                          -- written before the paid request: it is asked at most once
    purchase_id {id},
    lead_id     {id},
    raw         text,
    primary key (source, external_id)
);
create index prospect_to_buy on prospect(search_id, found_at, external_id) where state = 'found';
create index prospect_asked on prospect(asked_at) where state = 'asked';
create index prospect_purchase on prospect(purchase_id) where purchase_id is not null;

create table credit_day (
    day     {day} not null primary key,             -- the owner's
    credits bigint not null,
    micro   bigint not null
);
