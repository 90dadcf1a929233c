-- What the owner's CRM shows of what happened here: asked for, shown or refused, each once.

create table crm_shown (
    lead_id    {id} not null references lead(id),
    item       text not null check (item in ('tag', 'note', 'opportunity')),
    subject    {id} not null,                       -- a tag's meaning, a note's touch, an opportunity's reason
    asked_at   {instant} not null,                  -- written before it is asked for
    asks       bigint not null,
    shown_at   {instant},
    reference  text,                                -- the CRM's id of it
    refused_at {instant},
    refusal    text,
    primary key (lead_id, item, subject)
);

create index lead_opted_out on lead(opted_out_at) where opted_out_at is not null;
create index signal_touch on signal(touch_id) where touch_id is not null;
