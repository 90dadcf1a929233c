-- When somebody was last looked for, and since when somebody waits because the CRM cannot be asked about them.

alter table touch add column looked_at {instant};      -- an unconfirmed touch, at its provider
alter table touch add column unasked_since {instant};  -- the first look for a do-not-disturb that came to nothing; null: none did
alter table touch add column unasked_at {instant};     -- the last one
alter table touch add column unasked_why text;
create index touch_unasked on touch(unasked_since) where unasked_since is not null;
