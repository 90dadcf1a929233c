-- The one answer a person gets who asked us by text to stop (47 CFR 64.1200(a)(12)), and our opt-out as the provider is to know it.

create table opt_out_confirmation (
    address_id   {id} not null primary key,        -- one for a number, ever
    id           {id} not null unique,
    contact_ref  {id} not null,
    from_address {id} not null,
    heard_at     {instant} not null,
    expires_at   {instant} not null,               -- five minutes after it was heard: later it is a text like any other, and not sent
    state        text not null check (state in ('planned', 'sending', 'sent', 'refused', 'failed', 'unconfirmed', 'by_carrier', 'expired')),
    permit_id    {id},
    begun_at     {instant},
    body         text,
    provider_ref {id},
    error        text,
    closed_at    {instant},                        -- our do-not-disturb stands at the provider
    look_at      {instant} not null
);
create index opt_out_confirmation_open on opt_out_confirmation(look_at) where closed_at is null;
