-- How far each provider's own record of what people said has been read. Webhooks are a hurry; this is the memory.
create table poll_cursor (
    provider   {id} not null primary key,
    read_until {instant} not null          -- everything the provider had by then was stored
);

-- Calls that ended and whose bill, and with it what was said last, never came.
create index touch_unsettled_call on touch(closed_at) where channel = 'call' and state = 'sent' and settled_micro is null and closed_at is not null;
