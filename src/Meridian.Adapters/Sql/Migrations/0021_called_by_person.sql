-- A step that a person called by hand ends as skipped, with that reason.

--[postgres]
alter table touch drop constraint touch_skipped_reason_check;
alter table touch add constraint touch_skipped_reason_check check (skipped_reason in ('opted_out', 'suppressed', 'stopped', 'no_address', 'not_deliverable', 'outside_united_states',
    'extension_cannot_receive_texts', 'expired', 'import_undone', 'called_by_person'));
--[/postgres]
--[sqlite]
-- SQLite cannot alter a CHECK; for one that only grows wider its documentation (ALTER TABLE, "Making Other Kinds Of Table Schema Changes") has the text changed in the schema. RESET reads it anew,
-- and the table that comes and goes tells every other connection and checks that the word is there.
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, '''expired'', ''import_undone'')', '''expired'', ''import_undone'', ''called_by_person'')') where type = 'table' and name = 'touch';
pragma writable_schema = reset;
create table touch_schema_changed (n bigint not null check (n = 1));
insert into touch_schema_changed (n) select count(*) from sqlite_schema where type = 'table' and name = 'touch' and sql like '%''called_by_person''%';
drop table touch_schema_changed;
--[/sqlite]
