-- Records the law asks for, apart from the working tables: what was erased there, what must not be erased, and who signed the rules off.

create table restricted_record (
    id         {id} not null primary key,
    lead_id    {id} not null,                       -- no foreign key: it outlives the person's row
    kept_at    {instant} not null,
    keep_until {instant} not null,                  -- dropped after that day, unless a legal hold lives
    reason     text not null,
    actor      text not null,
    sha256     text not null,                       -- of the pack
    pack       text not null                        -- the evidence as it stood: read only by name and reason, each reading in the audit
);
create index restricted_record_until on restricted_record(keep_until);
create index restricted_record_lead on restricted_record(lead_id);

create table legal_hold (
    id        {id} not null primary key,
    lead_id   {id} not null references lead(id),
    matter    text not null,
    placed_by text not null,
    placed_at {instant} not null,
    lifted_by text,
    lifted_at {instant}
);
create unique index legal_hold_live on legal_hold(lead_id) where lifted_at is null;

create table counsel_signoff (
    id           {id} not null primary key,
    name         text not null,
    firm         text not null,
    signed_on    {day} not null,
    pack_version text not null,
    pack_as_of   {day} not null,
    pack_sha256  text not null,                     -- of the rules that were signed: others are not
    law_settings text not null,                     -- papers, exemptions and emergencies as they were then
    note         text,
    recorded_by  text not null,
    recorded_at  {instant} not null
);

alter table lead add column erased_at {instant};
alter table address_key add column erased_at {instant};
