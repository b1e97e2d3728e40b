package pgque_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	pgque "github.com/NikolayS/pgque-go"
)

func TestAnErrorOfTheEngineHasItsCodeAndItsCause(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.client.Send(b.ctx, "missing", pgque.Event{})
	if !errors.Is(err, pgque.ErrQueueNotFound) || errors.Is(err, pgque.ErrBatchNotFound) || pgque.IsRetryable(err) {
		t.Fatal(err)
	}
	var found *pgque.Error
	if !errors.As(err, &found) {
		t.Fatal(err)
	}
	wantEqual(t, found.Code, pgque.ErrQueueNotFound)
	wantEqual(t, found.SQLState, "QU001")
	wantEqual(t, strings.Contains(found.Error(), "missing"), true)
	wantEqual(t, strings.HasSuffix(found.Error(), "(queue_not_found, SQLSTATE QU001)"), true)
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		t.Fatal("the cause is gone")
	}
}

func TestWhatIsNotOfTheEngineHasACodeToo(t *testing.T) {
	t.Parallel()
	b := setupOn(t, variable(t, "PGQUE_TEST_PRIVATE_DSN"))
	ctx := context.Background()
	_, err := pgque.Connect(ctx, "postgresql://127.0.0.1:1/nowhere")
	wantCode(t, err, pgque.ErrConnectionFailed, true)
	_, err = pgque.Connect(ctx, strings.Replace(b.dsn, "/mydb", "/nowhere", 1))
	wantCode(t, err, pgque.ErrConnectionFailed, false)
	_, err = pgque.Connect(ctx, "postgresql://[")
	wantCode(t, err, pgque.ErrInvalidArgument, false)

	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = b.client.Version(ended)
	wantCode(t, err, pgque.ErrCanceled, false)
	wantEqual(t, errors.Is(err, context.Canceled), true)

	impatient := connect(t, b.dsn, pgque.WithQueryTimeout(500*time.Millisecond))
	wantCode(t, impatient.TickerLoop(ctx, 10*time.Second), pgque.ErrQueryTimeout, true)
	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	err = b.client.TickerLoop(limited, 10*time.Second)
	wantCode(t, err, pgque.ErrCanceled, false)
	wantEqual(t, errors.Is(err, context.DeadlineExceeded), true)

	impatient.Close()
	_, err = impatient.Version(ctx)
	wantCode(t, err, pgque.ErrClientClosed, false)
	impatient.Close()
}

func TestARoleWithoutAGrantIsToldSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	config := must(pgxpool.ParseConfig(b.dsn))(t)
	config.ConnConfig.RuntimeParams["role"] = "pgque_reader"
	pool := must(pgxpool.NewWithConfig(b.ctx, config))(t)
	defer pool.Close()
	client := must(pgque.NewClient(pool))(t)
	_, err := client.Send(b.ctx, b.queue, pgque.Event{})
	wantCode(t, err, pgque.ErrPermissionDenied, false)
	client.Close()
	if err := pool.Ping(b.ctx); err != nil {
		t.Fatal("a pool that is not its own was closed")
	}
}

func wantCode(t *testing.T, err error, code pgque.Code, isRetryable bool) {
	t.Helper()
	if !errors.Is(err, code) || pgque.IsRetryable(err) != isRetryable {
		t.Fatalf("got %v (retryable: %v), want %s", err, pgque.IsRetryable(err), code)
	}
}
