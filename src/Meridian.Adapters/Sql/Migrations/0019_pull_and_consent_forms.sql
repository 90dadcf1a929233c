-- Contacts pulled from the CRM when nobody is left: whom we looked at and why not, how many came on a day, how far the walk is.
-- The confirmed filter is a setting ('pull.confirmed'), with its row in the audit.

create table pull_contact (
    source        {id} not null,
    external_id   {id} not null,
    state         text not null check (state in ('pulled', 'known', 'excluded', 'opted_out')),
    why           text,                             -- every reason, in words
    filter_hash   {id} not null,                    -- the confirmed filter they were looked at for
    looked_at     {instant} not null,
    look_again_at {instant},                        -- null: never
    lead_id       {id},
    primary key (source, external_id)
);
create index pull_contact_lead on pull_contact(lead_id) where lead_id is not null;
create index pull_contact_looked on pull_contact(looked_at);

create table pull_day (day {day} not null primary key, pulled bigint not null); -- the owner's day

create table pull_walk (
    filter_hash {id} not null primary key,
    after       text,                               -- the CRM's cursor of the next page
    ended_at    {instant}
);

-- Answers of the owner's own forms that may be consents: kept as they came, then read back from the CRM before they count.

create table consent_form (
    id          {id} not null primary key,
    contact_ref {id} not null,
    fingerprint {id} not null,                      -- of the fields: the same answer told twice is one
    fields      text not null,
    received_at {instant} not null,
    state       text not null check (state in ('open', 'recorded', 'refused')),
    why         text,
    lead_id     {id},
    look_at     {instant} not null,
    closed_at   {instant},
    unique (contact_ref, fingerprint)
);
create index consent_form_open on consent_form(look_at) where state = 'open';
create index consent_form_lead on consent_form(lead_id) where lead_id is not null;
