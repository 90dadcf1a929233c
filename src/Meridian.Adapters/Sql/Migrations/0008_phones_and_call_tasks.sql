-- What was bought is kept whole before it is worked on; a person's phone is ordered at most once; do-not-call lists; calls a person makes by hand.

create table purchase (
    id        {id} not null primary key,
    source    {id} not null,
    batch_id  {id} not null,
    day       {day} not null,                       -- the owner's day it is charged to
    reply     text not null,                        -- everything the source sold, as we read it
    bought_at {instant} not null,
    kept_at   {instant}                             -- everybody in it became a lead, or has a reason
);
create index purchase_open on purchase(bought_at) where kept_at is null;

create table phone_order (
    id         {id} not null primary key,           -- stands in the address of its delivery
    source     {id} not null,
    request_id {id},                                -- the source's number, to look for it
    day        {day} not null,
    reserved   bigint not null,                     -- credits set aside, in thousandths
    charged    bigint not null default 0,           -- what the answers said so far
    asked_at   {instant} not null,                  -- written before the paid request leaves
    ordered_at {instant},
    look_at    {instant},                           -- when it is looked for next; null: the webhook alone can bring it
    closed_at  {instant},
    result     text
);
create index phone_order_open on phone_order(look_at) where closed_at is null;

create table phone_wanted (
    source      {id} not null,
    external_id {id} not null,
    lead_id     {id} not null references lead(id),
    order_id    {id} not null references phone_order(id),
    why         text not null,                      -- why a call to them is otherwise permitted
    result      text,
    primary key (source, external_id)
);
create index phone_wanted_order on phone_wanted(order_id);
create index phone_wanted_lead on phone_wanted(lead_id);

create table dnc_list (
    name        {id} not null,                      -- 'national', or a state's two letters
    area_code   {id} not null,                      -- three digits, or '' for every area code
    generation  {id} not null,                      -- the load that counts: replaced as a whole
    as_of       {day} not null,
    numbers     bigint not null,
    file_name   text not null,
    imported_at {instant} not null,
    primary key (name, area_code)
);

create table dnc_number (
    generation {id} not null,
    number     {id} not null,
    primary key (generation, number)
);

alter table address_key add column line_type text;
alter table address_key add column line_business text;
alter table address_key add column line_looked_up_at {instant};

create table call_task (
    id           {id} not null primary key,
    lead_id      {id} not null references lead(id),
    touch_id     {id} not null unique references touch(id), -- the AI call that was refused: one task for it
    address_id   {id} not null,
    state        text not null check (state in ('open', 'done', 'expired', 'withdrawn')),
    window_key   {id} not null,
    created_at   {instant} not null,
    expires_at   {instant} not null,
    begun_at     {instant},                         -- a person dials: counts as a call to this person, number and company
    closed_at    {instant},
    outcome      text,
    note         text,
    actor        text,
    findings     text not null,                     -- why a person may make this call
    provider_ref {id}                               -- the task at HighLevel
);
create index call_task_open on call_task(expires_at, id) where state = 'open';
create index call_task_lead on call_task(lead_id);
create unique index call_task_one_open on call_task(lead_id) where state = 'open';
