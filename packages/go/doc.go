// Package pgque is the Go client of PgQue, a queue in PostgreSQL that never bloats. It needs pgx 5 and PostgreSQL 14 to 18.
//
// A queue is a log of events. Each consumer of a queue has a position of its own in it and sees every event; what it receives is
// a batch of messages, which stays open until it is acknowledged.
//
//	client, err := pgque.Connect(ctx, "postgresql://localhost/mydb")
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	id, err := client.Send(ctx, "orders", pgque.Event{Type: "order.created", Payload: order})
//
// # Consumers
//
// A Consumer receives, calls a handler for each message, and stores what became of it: done, again after a delay, or dead.
//
//	consumer := client.NewConsumer("orders", "processor", pgque.WithStartAt(pgque.Earliest()))
//	consumer.Handle("order.created", func(ctx context.Context, message pgque.Message) error {
//		return process(ctx, message)
//	})
//	err := consumer.Start(ctx)
//
// Start returns when its context has ended and what was handled is stored, or when the start is refused. In between it outlives
// restarts, failovers and cut connections of the server. By default a message comes again after a crash, so handlers are to
// bear being called twice; WithExactlyOnce puts the batch, its handlers and its acknowledgement into one transaction.
//
// Several processes may run a consumer under one name: one reads and the others stand by. With WithAutoSubconsumer they share
// the messages out; the batch of a process that dies, or falls silent, goes to another.
//
// # Transactions
//
// Using runs everything on a connection or in a transaction of yours: an event that is sent in a transaction exists when that
// commits, and only then.
//
//	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
//		if _, err := tx.Exec(ctx, "insert into orders …"); err != nil {
//			return err
//		}
//		_, err := pgque.Using(tx).Send(ctx, "orders", event)
//		return err
//	})
//
// Send and receive in two transactions: an event is delivered after the commit of its sender and a later tick. Something must
// tick: pg_cron after Operations.Start, or a process that calls Ticker, Maint and MaintRetryEvents every second or more often.
//
// # Errors
//
// Every error is an *Error with a Code, which is an error itself:
//
//	if errors.Is(err, pgque.ErrQueueNotFound) { … }
//
// IsRetryable says whether the same call may succeed when it is made again.
package pgque
