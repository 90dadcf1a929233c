-- Our opt-outs as the owner's CRM is to know them: do-not-disturbs owed to its contacts, and written there. Which are owed is derived from the people.

create table crm_silence (
    contact_ref  {id} not null primary key,   -- at HighLevel
    opted_out_at {instant} not null,          -- the opt-out it is about; a later one is owed anew
    owed_since   {instant} not null,
    look_at      {instant} not null,
    tries        bigint not null,
    why          text,                        -- why it was not taken last
    written_at   {instant},                   -- it stands there
    gone_at      {instant}                    -- there is no such contact
);

create index crm_silence_owed on crm_silence(look_at) where written_at is null and gone_at is null;
