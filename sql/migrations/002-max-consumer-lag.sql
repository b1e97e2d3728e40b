alter table pgque.queue add column max_consumer_lag interval;
