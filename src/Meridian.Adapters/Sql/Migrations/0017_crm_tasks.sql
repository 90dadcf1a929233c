-- Call tasks as the CRM shows them: opened there once, ticked off there when they are over here.

alter table call_task add column crm_asked_at {instant};  -- written before it is asked for: a lost answer is not asked again
alter table call_task add column crm_done_at {instant};
