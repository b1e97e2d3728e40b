package pgque_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	pgque "github.com/NikolayS/pgque-go"
)

// patience is how long a test waits for an event on a busy machine.
const patience = 20 * time.Second

// variable is one of those that npm test sets; see test/go.once.test.ts.
func variable(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run npm test -- packages/go", name)
	}
	return value
}

// bundle is a queue of a test's own, with a client.
type bundle struct {
	t      *testing.T
	ctx    context.Context
	dsn    string
	client *pgque.Client
	queue  string
}

// setup makes a queue in the database that all tests share.
func setup(t *testing.T, options ...pgque.ClientOption) *bundle {
	t.Helper()
	return setupOn(t, variable(t, "PGQUE_TEST_DSN"), options...)
}

func setupOn(t *testing.T, dsn string, options ...pgque.ClientOption) *bundle {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	client := connect(t, dsn, options...)
	queue := "q_" + strings.ToLower(rand.Text())
	if _, err := client.CreateQueue(ctx, queue, nil); err != nil {
		t.Fatal(err)
	}
	return &bundle{t, ctx, dsn, client, queue}
}

func connect(t *testing.T, dsn string, options ...pgque.ClientOption) *pgque.Client {
	t.Helper()
	client, err := pgque.Connect(context.Background(), dsn, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// send sends payloads under one type, and makes them deliverable.
func (b *bundle) send(eventType string, payloads ...any) []int64 {
	b.t.Helper()
	ids := must(b.client.SendBatch(b.ctx, b.queue, eventType, payloads))(b.t)
	b.tick()
	return ids
}

// tick makes deliverable what was sent.
func (b *bundle) tick() {
	b.t.Helper()
	must(b.client.ForceNextTick(b.ctx, b.queue))(b.t)
	must(b.client.Tick(b.ctx, b.queue))(b.t)
}

func (b *bundle) subscribe(consumer string) {
	b.t.Helper()
	must(b.client.Subscribe(b.ctx, b.queue, consumer))(b.t)
}

func (b *bundle) receive(consumer string) []pgque.Message {
	b.t.Helper()
	return must(b.client.Receive(b.ctx, b.queue, consumer, 0))(b.t)
}

// must gives the value, or ends the test with the error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// wantEqual compares what has an order.
func wantEqual[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// eventually asks until it is true.
func eventually(t *testing.T, what string, isTrue func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !isTrue() {
		if time.Now().After(deadline) {
			t.Fatalf("did not come true in time: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
