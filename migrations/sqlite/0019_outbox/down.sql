DROP TABLE message_choices;
DROP TABLE webhooks;
DROP TABLE deliveries;
