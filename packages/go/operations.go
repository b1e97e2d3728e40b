package pgque

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Querier is what statements run on: a *pgxpool.Pool, a *pgxpool.Conn, a *pgx.Conn or a pgx.Tx.
type Querier interface {
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, arguments ...any) (pgx.Rows, error)
}

// Operations has a method for each function of the engine that an application calls. A Client is one on connections of its
// pool; Using makes one of your own connection or transaction. Every method returns an *Error when it fails.
type Operations struct {
	db Querier
	// Zero is no limit but that of the caller.
	timeout time.Duration
	// Done when the client is closed; nil for what is not a client's.
	closing context.Context
}

// Using runs statements on a connection or in a transaction of yours: what is sent in a transaction that is rolled back was
// not sent. Time limits are those of your contexts.
func Using(db Querier) *Operations {
	return &Operations{db: db}
}

// Statements go unnamed and in one round trip, so that they work through a pooler in transaction mode, whatever mode the
// pool was configured with. All parameters are cast in the SQL.
const mode = pgx.QueryExecModeExec

func (o *Operations) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, o.timeout)
}

// fail turns what pgx returned into an *Error.
func (o *Operations) fail(ctx context.Context, err error) error {
	failure := fromDriver(ctx, err)
	if o.closing == nil || o.closing.Err() == nil {
		return failure
	}
	var found *Error
	if errors.As(failure, &found) && found.SQLState == "" && found.Code != ErrInvalidArgument {
		return &Error{Code: ErrClientClosed, Message: "the client is closed", Err: err}
	}
	return failure
}

// many runs a statement and reads its rows.
func many[T any](ctx context.Context, o *Operations, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	limited, cancel := o.within(ctx)
	defer cancel()
	rows, err := o.db.Query(limited, sql, append([]any{mode}, args...)...)
	if err != nil {
		return nil, o.fail(ctx, err)
	}
	found, err := pgx.CollectRows(rows, scan)
	return found, o.fail(ctx, err)
}

// one runs a statement whose answer is one row.
func one[T any](ctx context.Context, o *Operations, scan pgx.RowToFunc[T], sql string, args ...any) (T, error) {
	found, err := many(ctx, o, scan, sql, args...)
	if err != nil || len(found) == 0 {
		var zero T
		return zero, err
	}
	return found[0], nil
}

// scalar runs a statement whose answer is one value.
func scalar[T any](ctx context.Context, o *Operations, sql string, args ...any) (T, error) {
	return one(ctx, o, pgx.RowTo[T], sql, args...)
}

// run runs a statement whose answer says nothing.
func (o *Operations) run(ctx context.Context, sql string, args ...any) error {
	limited, cancel := o.within(ctx)
	defer cancel()
	_, err := o.db.Exec(limited, sql, append([]any{mode}, args...)...)
	return o.fail(ctx, err)
}

// seconds is a duration that PostgreSQL gave as extract(epoch from …).
type seconds float64

func (s seconds) duration() time.Duration {
	if float64(s) >= math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(math.Round(float64(s)*1e6)) * time.Microsecond
}

func durationOrNil(found *float64) *time.Duration {
	if found == nil {
		return nil
	}
	duration := seconds(*found).duration()
	return &duration
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
