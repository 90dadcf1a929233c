-- What people signed on the consent page, kept as it was shown and never changed. A consent row names its signature as evidence.

create table consent_signature (
    id           {id} not null primary key,
    lead_id      {id} not null references lead(id),
    address_id   {id} not null references address_key(id),
    channels     text not null,                    -- 'call', 'text' or 'call,text'
    seller       text not null,
    signature    text not null,                    -- the name as typed
    text_version text not null,
    text_hash    text not null,
    text         text not null,
    from_address text not null,
    browser      text,
    signed_at    {instant} not null
);
create index consent_signature_lead on consent_signature(lead_id);
create index consent_signature_at on consent_signature(signed_at);
