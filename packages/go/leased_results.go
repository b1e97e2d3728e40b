package pgque

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What handlers read holds the connection until it is read, or closed.

type leasedRows struct {
	pgx.Rows
	leave func()
}

func (r *leasedRows) Next() bool {
	hasNext := r.Rows.Next()
	if !hasNext {
		r.leave()
	}
	return hasNext
}

func (r *leasedRows) Close() {
	r.Rows.Close()
	r.leave()
}

type leasedRow struct {
	row   pgx.Row
	leave func()
}

func (r leasedRow) Scan(targets ...any) error {
	defer r.leave()
	return r.row.Scan(targets...)
}

type leasedBatch struct {
	pgx.BatchResults
	leave func()
}

func (b *leasedBatch) Close() error {
	defer b.leave()
	return b.BatchResults.Close()
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

type failedBatch struct{ err error }

func (b failedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, b.err }
func (b failedBatch) Query() (pgx.Rows, error)         { return nil, b.err }
func (b failedBatch) QueryRow() pgx.Row                { return failedRow(b) }
func (b failedBatch) Tx() pgx.Tx                       { return nil }
func (b failedBatch) Close() error                     { return b.err }

var errHandlersTx = errors.New("pgque: the consumer ends this transaction; return an error to undo what was written")

// handlersTx is what handlers get: a transaction that is not theirs to end. Begin makes a savepoint in it.
type handlersTx struct{ pgx.Tx }

func (t *handlersTx) Commit(context.Context) error   { return errHandlersTx }
func (t *handlersTx) Rollback(context.Context) error { return errHandlersTx }
