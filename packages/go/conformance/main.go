// Command conformance is the driver of pgque-go for the conformance suite: JSON lines on stdin and stdout, logs on stderr.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	pgque "github.com/NikolayS/pgque-go"
)

var capabilities = []string{
	"produce", "delay", "consume", "dead_letters", "cooperate", "operate", "look", "primitives", "transactions", "pages",
	"consumer", "exact_integers", "typed_nulls", "exactly_once", "single_reader", "members", "busy_handlers", "concurrency",
	"order_by", "handler_exit", "abort_signal", "listen", "pooled", "reconnects",
}

var errUnsupported = errors.New("unsupported")

type object map[string]any

// driver has one client at a time, its transactions, and consumers with scripted handlers.
type driver struct {
	output sync.Mutex

	mu        sync.Mutex
	client    *pgque.Client
	txs       map[string]pgx.Tx
	consumers map[string]*running
	calls     map[string]chan arguments
	count     int
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	d := &driver{txs: map[string]pgx.Tx{}, consumers: map[string]*running{}, calls: map[string]chan arguments{}}
	terminated, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ended := make(chan struct{})
	go func() {
		d.read()
		close(ended)
	}()
	select {
	case <-terminated.Done():
	case <-ended:
	}
	_ = d.close()
}

func (d *driver) read() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var command struct {
			ID   json.Number     `json:"id"`
			Op   string          `json:"op"`
			Args json.RawMessage `json:"args"`
		}
		if err := json.Unmarshal(line, &command); err != nil {
			slog.Error("no command", "error", err)
			continue
		}
		go func() {
			ok, after, err := d.run(command.Op, command.Args)
			if err != nil {
				d.write(object{"id": command.ID, "error": describe(err)})
				return
			}
			d.write(object{"id": command.ID, "ok": ok})
			if after != nil {
				after()
			}
		}()
	}
}

// write writes one line, whole.
func (d *driver) write(line object) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		slog.Error("no line", "error", err)
	}
	d.output.Lock()
	defer d.output.Unlock()
	_, _ = os.Stdout.Write(out.Bytes())
}

func describe(err error) object {
	slog.Error("an error is the answer", "error", err)
	var failure *pgque.Error
	var server *pgconn.PgError
	switch {
	case errors.As(err, &failure):
		return object{"code": failure.Code, "sqlstate": orNull(failure.SQLState)}
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return object{"code": pgque.ErrTransactionAborted, "sqlstate": nil}
	case errors.As(err, &server):
		return object{"code": pgque.ErrDatabaseError, "sqlstate": server.Code}
	case errors.Is(err, errUnsupported):
		return object{"code": "unsupported", "sqlstate": nil}
	}
	return object{"code": "unexpected", "sqlstate": nil}
}

// run does one command. What it returns besides is to be done after the answer.
func (d *driver) run(op string, raw json.RawMessage) (any, func(), error) {
	var a arguments
	if len(raw) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.DisallowUnknownFields()
		decoder.UseNumber()
		if err := decoder.Decode(&a); err != nil {
			slog.Error("an argument is unknown", "op", op, "error", err)
			return nil, nil, errUnsupported
		}
	}
	ctx := context.Background()
	switch op {
	case "hello":
		return object{
			"protocol": 1, "client": "go", "version": "source", "language": "go", "capabilities": capabilities,
		}, nil, nil
	case "connect":
		return nil, nil, d.connect(ctx, a)
	case "close":
		return nil, nil, d.close()
	case "begin":
		name, err := d.begin(ctx)
		return name, nil, err
	case "query", "commit", "rollback":
		return nil, nil, d.inTransaction(ctx, op, a)
	case "answer":
		return nil, d.answer(a), nil
	case "consumer_start":
		return nil, nil, d.startConsumer(ctx, a)
	case "consumer_stop":
		return nil, nil, d.stopConsumer(ctx, a)
	case "consumer_health":
		return d.health(a.Handle), nil, nil
	}
	d.mu.Lock()
	client, tx := d.client, d.txs[a.Tx]
	d.mu.Unlock()
	if client == nil {
		return nil, nil, &pgque.Error{Code: pgque.ErrClientClosed, Message: "there is no client"}
	}
	operations := &client.Operations
	if tx != nil {
		operations = client.Using(tx)
	}
	operation, isKnown := ops[op]
	if !isKnown {
		return nil, nil, errUnsupported
	}
	ok, err := operation(ctx, operations, a)
	return ok, nil, err
}

func (d *driver) connect(ctx context.Context, a arguments) error {
	if err := d.close(); err != nil {
		return err
	}
	var options []pgque.ClientOption
	if a.DirectURL != "" {
		options = append(options, pgque.WithDirect(a.DirectURL))
	}
	if a.QueryTimeoutMs != nil {
		options = append(options, pgque.WithQueryTimeout(milliseconds(*a.QueryTimeoutMs)))
	}
	client, err := pgque.Connect(ctx, a.URL, options...)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.client = client
	return err
}

// close stops the consumers, and closes the client.
func (d *driver) close() error {
	d.mu.Lock()
	client, txs, consumers := d.client, d.txs, d.consumers
	d.client, d.txs, d.consumers = nil, map[string]pgx.Tx{}, map[string]*running{}
	d.mu.Unlock()
	var stopping sync.WaitGroup
	for _, each := range consumers {
		stopping.Go(func() {
			_ = each.consumer.Stop(context.Background())
			<-each.told
		})
	}
	stopping.Wait()
	for _, tx := range txs {
		_ = tx.Rollback(context.Background())
	}
	if client != nil {
		client.Close()
	}
	return nil
}

func (d *driver) begin(ctx context.Context) (string, error) {
	d.mu.Lock()
	client := d.client
	d.mu.Unlock()
	tx, err := client.Pool().Begin(ctx)
	if err != nil {
		return "", err
	}
	name := d.name("tx")
	d.mu.Lock()
	defer d.mu.Unlock()
	d.txs[name] = tx
	return name, nil
}

func (d *driver) inTransaction(ctx context.Context, op string, a arguments) error {
	d.mu.Lock()
	tx := d.txs[a.Tx]
	if op != "query" {
		delete(d.txs, a.Tx)
	}
	d.mu.Unlock()
	switch {
	case tx == nil:
		return &pgque.Error{Code: pgque.ErrTransactionEnded, Message: "there is no such transaction"}
	case op == "commit":
		return tx.Commit(ctx)
	case op == "rollback":
		return tx.Rollback(ctx)
	}
	// Values are texts, of whatever type the statement wants.
	values := []any{pgx.QueryExecModeSimpleProtocol}
	for _, value := range a.Values {
		values = append(values, value)
	}
	_, err := tx.Exec(ctx, a.Text, values...)
	return err
}

// name is never the same twice.
func (d *driver) name(prefix string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	return prefix + strconv(int64(d.count))
}

func milliseconds(count float64) time.Duration {
	return time.Duration(count * float64(time.Millisecond))
}
