-- What checks of providers found, the latest word per capability; and the public way out.

create table provider_check (
    provider   {id} not null,
    capability {id} not null,
    at         {instant} not null,
    passed_at  {instant},                          -- null: it has never passed
    failed_at  {instant},                          -- set while it does not pass
    found      text not null,
    fix        text,
    primary key (provider, capability)
);
