-- When the owner was told of an incident, by e-mail; null: not yet.

alter table incident add column told_at {instant};
