package pgque_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pgque "github.com/NikolayS/pgque-go"
)

// ledger is a table of a test's own.
func (b *bundle) ledger() string {
	b.t.Helper()
	table := "ledger_" + b.queue
	must(b.client.Pool().Exec(b.ctx, "create table "+table+" (payload text)"))(b.t)
	return table
}

func (b *bundle) count(table string) int {
	b.t.Helper()
	var count int
	if err := b.client.Pool().QueryRow(b.ctx, "select count(*) from "+table).Scan(&count); err != nil {
		b.t.Fatal(err)
	}
	return count
}

func TestExactlyOnceAHandlerSharesTheTransactionOfItsAcknowledgement(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	table := b.ledger()
	b.send("job", 1, 2, 3)
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithExactlyOnce(), pgque.WithRetry(pgque.Fixed(time.Hour, 0)))
	consumer.HandleTx("*", func(ctx context.Context, tx pgx.Tx, message pgque.Message) error {
		if _, err := tx.Exec(ctx, "insert into "+table+" values ($1)", string(message.Payload)); err != nil {
			return err
		}
		if _, err := pgque.Using(tx).Send(ctx, b.queue, pgque.Event{Type: "done"}); err != nil {
			return err
		}
		switch string(message.Payload) {
		case "2":
			return errors.New("undo it")
		case "3":
			// Its error is swallowed: nothing of this handler can be kept.
			_, _ = tx.Exec(ctx, "select 1/0")
		}
		if tx.Commit(ctx) == nil || tx.Rollback(ctx) == nil {
			t.Error("a handler has ended the transaction")
		}
		return nil
	})
	wantEqual(t, must(consumer.Drain(b.ctx))(t), 3)
	wantEqual(t, consumer.Health().Acked, 1)
	wantEqual(t, consumer.Health().Retried, 2)
	wantEqual(t, b.count(table), 1)
	b.tick()
	messages := b.receive("c")
	wantEqual(t, len(messages), 1)
	wantEqual(t, messages[0].Type, "done")
}

func TestExactlyOnceAHandlerThatIsGivenUpLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	table := b.ledger()
	b.send("job", 1)
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithExactlyOnce(), pgque.WithStopTimeout(500*time.Millisecond))
	entered := make(chan struct{})
	consumer.HandleTx("*", func(_ context.Context, tx pgx.Tx, _ pgque.Message) error {
		// It does not heed its context.
		ctx := context.Background()
		must(tx.Exec(ctx, "insert into "+table+" values ('')"))(t)
		close(entered)
		_, err := tx.Exec(ctx, "select pg_sleep(60)")
		return err
	})
	stop := b.run(consumer)
	<-entered
	wantEqual(t, stop(), nil)
	wantEqual(t, consumer.Health().Acked, 0)
	eventually(t, "its transaction has ended", func() bool {
		var open int
		err := b.client.Pool().QueryRow(b.ctx, `
			select count(*) from pg_locks where relation = $1::regclass and pid <> pg_backend_pid()`, table).Scan(&open)
		return err == nil && open == 0
	})
	wantEqual(t, b.count(table), 0)
	wantEqual(t, len(b.receive("c")), 1)
}

func TestExactlyOnceAHandlerMayComputeForLongerThanTheDeadInterval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	table := b.ledger()
	b.send("job", 1)
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithExactlyOnce(), pgque.WithDeadInterval(300*time.Millisecond))
	var attempts atomic.Int32
	consumer.HandleTx("*", func(ctx context.Context, tx pgx.Tx, _ pgque.Message) error {
		attempts.Add(1)
		// The time itself is what this is about.
		for end := time.Now().Add(time.Second); time.Now().Before(end); {
			rows, err := tx.Query(ctx, "select generate_series(1, 3)")
			if err != nil {
				return err
			}
			if _, err := pgx.CollectRows(rows, pgx.RowTo[int]); err != nil {
				return err
			}
			time.Sleep(350 * time.Millisecond)
		}
		_, err := tx.Exec(ctx, "insert into "+table+" values ('')")
		return err
	})
	wantEqual(t, must(consumer.Drain(b.ctx))(t), 1)
	wantEqual(t, attempts.Load(), 1)
	wantEqual(t, b.count(table), 1)
}
