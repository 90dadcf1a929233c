-- Whatever the code does: nobody gets more than three touches of a channel in 24 hours. What is proved not to have been sent does not count.

--[sqlite]
create trigger touch_tripwire before update of begun_at on touch
  when old.begun_at is null and new.begun_at is not null
   and (select count(*) from touch t where t.lead_id = new.lead_id and t.channel = new.channel and t.id <> new.id and t.state <> 'failed' and t.begun_at > new.begun_at - 86400000) >= 3
begin
  select raise(abort, 'tripwire: a fourth touch of one channel in 24 hours to one person was stopped by the database');
end;
--[/sqlite]

--[postgres]
create function touch_tripwire() returns trigger language plpgsql as $$
begin
  if (select count(*) from touch t where t.lead_id = new.lead_id and t.channel = new.channel and t.id <> new.id and t.state <> 'failed' and t.begun_at > new.begun_at - interval '24 hours') >= 3 then
    raise exception 'tripwire: a fourth touch of one channel in 24 hours to one person was stopped by the database';
  end if;
  return new;
end $$;

create trigger touch_tripwire before update of begun_at on touch
  for each row when (old.begun_at is null and new.begun_at is not null) execute function touch_tripwire();
--[/postgres]
