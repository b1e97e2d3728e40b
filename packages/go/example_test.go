// Over 300 lines: the programs of the README, in its order.

package pgque_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	pgque "github.com/NikolayS/pgque-go"
)

// The examples run as they stand: what they connect to is the private server, whose database is mydb. The README has them
// too, and a test compares the two.

// exampleQueue makes the queue orders with consumers, and ticks it until it is closed.
func exampleQueue(consumers ...string) (context.Context, func()) {
	dsn := os.Getenv("PGQUE_TEST_PRIVATE_DSN")
	server, err := url.Parse(dsn)
	if err != nil || dsn == "" {
		log.Fatal("PGQUE_TEST_PRIVATE_DSN is not set: run npm test -- packages/go")
	}
	password, _ := server.User.Password()
	for name, value := range map[string]string{
		"PGPORT": server.Port(), "PGUSER": server.User.Username(), "PGPASSWORD": password, "DATABASE_URL": dsn,
	} {
		_ = os.Setenv(name, value)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	client, err := pgque.Connect(ctx, dsn)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.CreateQueue(ctx, "orders", pgque.Settings{"ticker_max_lag": 0}); err != nil {
		log.Fatal(err)
	}
	for _, consumer := range consumers {
		if _, err := client.Subscribe(ctx, "orders", consumer); err != nil {
			log.Fatal(err)
		}
	}
	ticking := make(chan struct{})
	go func() {
		defer close(ticking)
		for ctx.Err() == nil {
			_, _ = client.Ticker(ctx)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return ctx, func() {
		cancel()
		<-ticking
		if _, err := client.DropQueue(context.Background(), "orders", true); err != nil {
			log.Fatal(err)
		}
		client.Close()
	}
}

// terminateOften sends SIGTERM to this process until it is told to stop.
func terminateOften() func() {
	ignored, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(ignored, syscall.SIGTERM)
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(100 * time.Millisecond):
				_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
			}
		}
	}()
	return func() { close(ended) }
}

func Example() {
	parent, done := exampleQueue("processor")
	defer done()
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	processOrder := func(msg pgque.Message) error {
		fmt.Println(msg.Type, string(msg.Payload))
		cancel()
		return nil
	}

	client, _ := pgque.Connect(ctx, "postgresql://localhost/mydb")
	defer client.Close()
	_, _ = client.Send(ctx, "orders", pgque.Event{
		Type:    "order.created",
		Payload: map[string]any{"order_id": 42},
	})
	consumer := client.NewConsumer("orders", "processor")
	consumer.Handle("order.created", func(ctx context.Context, msg pgque.Message) error {
		return processOrder(msg)
	})
	consumer.Start(ctx)
	// Output: order.created {"order_id":42}
}

func ExampleConsumer_Start() {
	_, done := exampleQueue("worker")
	defer done()
	defer terminateOften()()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	consumer := client.NewConsumer("orders", "worker", pgque.WithStartAt(pgque.Earliest()))
	consumer.Handle("order.created", func(ctx context.Context, message pgque.Message) error {
		var order struct {
			ID int64 `json:"order_id"`
		}
		if err := message.Decode(&order); err != nil {
			return pgque.NewDeadLetterError(err)
		}
		fmt.Println("an invoice for", order.ID)
		return nil
	})
	if err := consumer.Start(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("stopped")
	// Output: stopped
}

func ExampleOperations_Receive() {
	ctx, done := exampleQueue("processor")
	defer done()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if _, err := client.SendBatch(ctx, "orders", "order.created", []any{1, 2}); err != nil {
		log.Fatal(err)
	}
	if _, err := client.ForceNextTick(ctx, "orders"); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Tick(ctx, "orders"); err != nil && !errors.Is(err, pgque.ErrTickNotAllowed) {
		log.Fatal(err)
	}
	work := func() error {
		messages, err := client.Receive(ctx, "orders", "processor", 100)
		if err != nil || len(messages) == 0 {
			return err
		}
		for _, message := range messages {
			fmt.Println(message.Type, string(message.Payload))
		}
		_, err = client.Ack(ctx, messages[0].BatchID)
		return err
	}
	if err := work(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// order.created 1
	// order.created 2
}

func ExampleUsing() {
	ctx, done := exampleQueue("processor")
	defer done()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	refused := errors.New("refused")

	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := pgque.Using(tx).Send(ctx, "orders", pgque.Event{Type: "order.paid", Payload: 42}); err != nil {
			return err
		}
		return refused // the event is rolled back with everything else
	})
	fmt.Println(err)
	// Output: refused
}

func ExampleWithExactlyOnce() {
	ctx, done := exampleQueue("ledger")
	defer done()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Pool().Exec(ctx, "create table if not exists invoices (order_data json)"); err != nil {
		log.Fatal(err)
	}
	send := func() { _, _ = client.Send(ctx, "orders", pgque.Event{Type: "order.created", Payload: 42}) }
	running, stop := context.WithCancel(ctx)
	defer stop()
	time.AfterFunc(10*time.Millisecond, send)

	consumer := client.NewConsumer("orders", "ledger", pgque.WithExactlyOnce())
	consumer.HandleTx("order.created", func(ctx context.Context, tx pgx.Tx, message pgque.Message) error {
		if _, err := tx.Exec(ctx, "insert into invoices values ($1)", message.Payload); err != nil {
			return err
		}
		_, err := pgque.Using(tx).Send(ctx, "orders", pgque.Event{Type: "order.invoiced", Payload: message.Payload})
		return err
	})
	consumer.HandleTx("order.invoiced", func(_ context.Context, _ pgx.Tx, message pgque.Message) error {
		fmt.Println("invoiced", string(message.Payload))
		stop()
		return nil
	})
	if err := consumer.Start(running); err != nil {
		log.Fatal(err)
	}
	// Output: invoiced 42
}

func ExampleWithRetry() {
	ctx, done := exampleQueue("mailer")
	defer done()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	deliver := func(json.RawMessage) string { return "no such address" }
	if _, err := client.Send(ctx, "orders", pgque.Event{Type: "order.created", Payload: 42}); err != nil {
		log.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()

	consumer := client.NewConsumer("orders", "mailer",
		pgque.WithRetry(pgque.Exponential(pgque.Backoff{Base: time.Second, Max: 10 * time.Minute, MaxAttempts: 10})))
	consumer.Handle("order.created", func(_ context.Context, message pgque.Message) error {
		defer stop()
		switch answer := deliver(message.Payload); answer {
		case "busy":
			return pgque.NewRetryLaterError(5*time.Minute, errors.New("the mail server is busy"))
		case "no such address":
			return pgque.NewDeadLetterError(errors.New(answer))
		}
		return nil
	})
	consumer.Handle("order.paid", func(context.Context, pgque.Message) error { return nil },
		pgque.WithRetry(pgque.Fixed(30*time.Second, 0)), pgque.WithHandlerTimeout(time.Minute))
	if err := consumer.Start(running); err != nil {
		log.Fatal(err)
	}
	letters, err := client.DLQInspect(ctx, "orders", 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(letters[0].Reason)
	// Output: no such address
}

func ExampleOperations_Pages() {
	ctx, done := exampleQueue("reports")
	defer done()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	count := 0
	for messages, err := range client.Pages(ctx, "orders", "reports", 500) {
		if err != nil {
			log.Fatal(err)
		}
		count += len(messages)
	}
	fmt.Println(count, "messages")
	// Output: 0 messages
}

func ExampleError() {
	ctx, done := exampleQueue()
	defer done()
	client, err := pgque.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	_, err = client.Subscribe(ctx, "ordesr", "processor")
	var failure *pgque.Error
	switch {
	case errors.Is(err, pgque.ErrQueueNotFound):
		fmt.Println("there is no such queue")
	case pgque.IsRetryable(err):
		fmt.Println("try again")
	case errors.As(err, &failure):
		fmt.Println(failure.Code, failure.SQLState, failure.Hint)
	}
	// Output: there is no such queue
}
