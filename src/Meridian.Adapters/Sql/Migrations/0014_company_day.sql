-- How often anybody at a company was reached in a day, over all channels, campaigns and senders; calls by a person count.

create table company_day (company_id {id} not null, day {day} not null, begun bigint not null, primary key (company_id, day));
