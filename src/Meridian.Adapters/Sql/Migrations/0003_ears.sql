-- How far each mailbox has been heard. A UID means something only together with its UIDVALIDITY.

create table mail_cursor (
    mailbox      {id} not null primary key,
    uid_validity bigint not null,
    last_uid     bigint not null,
    moved_at     {instant} not null
);
