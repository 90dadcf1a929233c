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
