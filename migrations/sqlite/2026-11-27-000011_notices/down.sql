drop table deliveries;
drop table webhooks;
drop table notices;
drop table notice_head;
