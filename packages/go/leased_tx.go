package pgque

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// lease keeps a transaction from outliving its process: the server ends it when nothing was heard for so long. While a
// handler computes, signs of life are sent between its statements. It counts the statements and open results of handlers,
// because a connection serves one at a time.
type lease struct {
	conn *pgxpool.Conn

	mu      sync.Mutex
	busy    int
	isEnded bool
	spoiled error
	idle    chan struct{}
}

var errBusy = errors.New("another statement of the transaction is under way")

// enter claims the connection for a statement. A sign of life that is under way is waited for.
func (l *lease) enter() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isEnded {
		return pgx.ErrTxClosed
	}
	if l.busy > 0 {
		return errBusy
	}
	l.busy++
	return nil
}

func (l *lease) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	if l.busy == 0 && l.idle != nil {
		close(l.idle)
		l.idle = nil
	}
}

// breathe sends signs of life until the context ends.
func (l *lease) breathe(ctx context.Context, interval time.Duration) {
	for {
		pause(ctx, interval)
		if ctx.Err() != nil {
			return
		}
		l.mu.Lock()
		if l.busy == 0 && !l.isEnded {
			// It may have failed, or have ended; a sign of life it is all the same.
			_ = within(context.Background(), pingTimeout, func(ctx context.Context) error {
				_, err := l.conn.Exec(ctx, `select 1`)
				return err
			})
		}
		l.mu.Unlock()
	}
}

// end takes the connection from the handlers. One that has a statement under way loses it: the statement is cancelled, and
// the connection cut. Reports whether the connection is free.
func (l *lease) end() bool {
	l.mu.Lock()
	l.isEnded = true
	if l.busy == 0 {
		l.mu.Unlock()
		return true
	}
	idle := make(chan struct{})
	l.idle = idle
	l.mu.Unlock()
	wire := l.conn.Conn().PgConn()
	_ = within(context.Background(), 2*time.Second, wire.CancelRequest)
	_ = wire.Conn().Close()
	pauseUntil(idle, 2*time.Second)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy == 0
}

// leasedTx is a transaction below a lease, or a savepoint in it.
type leasedTx struct {
	tx    pgx.Tx
	lease *lease
	stop  context.CancelFunc
}

func beginLeased(ctx context.Context, client *Client, silence time.Duration) (*leasedTx, error) {
	limited, cancel := client.within(ctx)
	defer cancel()
	conn, err := client.pool.Acquire(limited)
	if err != nil {
		return nil, client.fail(ctx, err)
	}
	tx, err := conn.Begin(limited)
	if err == nil {
		limit := strconv.FormatInt(max(1, silence.Milliseconds()), 10)
		_, err = tx.Exec(limited, `select set_config('idle_in_transaction_session_timeout', $1::text, true)`, mode, limit)
	}
	if err != nil {
		if tx != nil {
			_ = tx.Rollback(limited)
		}
		conn.Release()
		return nil, client.fail(ctx, err)
	}
	breathing, stop := context.WithCancel(ctx)
	leased := &leasedTx{tx: tx, lease: &lease{conn: conn}, stop: stop}
	go leased.lease.breathe(breathing, silence/3)
	return leased, nil
}

// control runs a statement of the consumer's own.
func (t *leasedTx) control(ctx context.Context, sql string) error {
	_, err := t.Exec(ctx, sql)
	return err
}

func (t *leasedTx) isSpoiled() bool {
	t.lease.mu.Lock()
	defer t.lease.mu.Unlock()
	return t.lease.spoiled != nil
}

// spoil makes the commit fail.
func (t *leasedTx) spoil(err error) {
	t.lease.mu.Lock()
	defer t.lease.mu.Unlock()
	t.lease.spoiled = err
}

func (t *leasedTx) commit(ctx context.Context, client *Client) error {
	t.lease.mu.Lock()
	spoiled := t.lease.spoiled
	t.lease.mu.Unlock()
	if spoiled != nil {
		return &Error{Code: ErrTransactionAborted, Message: "the transaction was rolled back: " + spoiled.Error(), Err: spoiled}
	}
	limited, cancel := client.within(ctx)
	defer cancel()
	return client.fail(ctx, t.Commit(limited))
}

// close rolls back what was not committed, and gives the connection back.
func (t *leasedTx) close() {
	t.stop()
	if t.lease.end() {
		t.finish()
		return
	}
	// A handler holds a result open that it will not let go of.
	idle := make(chan struct{})
	t.lease.mu.Lock()
	t.lease.idle = idle
	isFree := t.lease.busy == 0
	t.lease.mu.Unlock()
	go func() {
		if !isFree {
			<-idle
		}
		t.finish()
	}()
}

func (t *leasedTx) finish() {
	_ = within(context.Background(), pingTimeout, t.tx.Rollback)
	t.lease.conn.Release()
}

func (t *leasedTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if err := t.lease.enter(); err != nil {
		return nil, err
	}
	defer t.lease.leave()
	tx, err := t.tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &leasedTx{tx: tx, lease: t.lease, stop: t.stop}, nil
}

func (t *leasedTx) Commit(ctx context.Context) error {
	if err := t.lease.enter(); err != nil {
		return err
	}
	defer t.lease.leave()
	return t.tx.Commit(ctx)
}

func (t *leasedTx) Rollback(ctx context.Context) error {
	if err := t.lease.enter(); err != nil {
		return err
	}
	defer t.lease.leave()
	return t.tx.Rollback(ctx)
}

func (t *leasedTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.lease.enter(); err != nil {
		return pgconn.CommandTag{}, err
	}
	defer t.lease.leave()
	return t.tx.Exec(ctx, sql, args...)
}

func (t *leasedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.lease.enter(); err != nil {
		return nil, err
	}
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		t.lease.leave()
		return rows, err
	}
	return &leasedRows{Rows: rows, leave: sync.OnceFunc(t.lease.leave)}, nil
}

func (t *leasedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.lease.enter(); err != nil {
		return failedRow{err}
	}
	return leasedRow{t.tx.QueryRow(ctx, sql, args...), t.lease.leave}
}

func (t *leasedTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, source pgx.CopyFromSource) (int64, error) {
	if err := t.lease.enter(); err != nil {
		return 0, err
	}
	defer t.lease.leave()
	return t.tx.CopyFrom(ctx, table, columns, source)
}

func (t *leasedTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	if err := t.lease.enter(); err != nil {
		return failedBatch{err}
	}
	return &leasedBatch{t.tx.SendBatch(ctx, batch), sync.OnceFunc(t.lease.leave)}
}

func (t *leasedTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if err := t.lease.enter(); err != nil {
		return nil, err
	}
	defer t.lease.leave()
	return t.tx.Prepare(ctx, name, sql)
}

// LargeObjects and Conn give what no sign of life knows of: use neither while another statement may be under way.
func (t *leasedTx) LargeObjects() pgx.LargeObjects { return t.tx.LargeObjects() }
func (t *leasedTx) Conn() *pgx.Conn                { return t.tx.Conn() }
