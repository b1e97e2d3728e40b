// Over 300 lines: all promises of a consumer, on one setup.

package pgque_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pgque "github.com/NikolayS/pgque-go"
)

// seen are the payloads that handlers got, in their order.
type seen struct {
	mu       sync.Mutex
	payloads []string
}

func (s *seen) add(message pgque.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.payloads = append(s.payloads, string(message.Payload))
}

func (s *seen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.payloads)
}

func (s *seen) handle(_ context.Context, message pgque.Message) error {
	s.add(message)
	return nil
}

func (s *seen) want(t *testing.T, want ...string) {
	t.Helper()
	if got := s.all(); !slices.Equal(got, want) {
		t.Fatalf("handled %v, want %v", got, want)
	}
}

// run starts a consumer, and returns what stops it and gives what Start returned. It is stopped at the end of the test.
func (b *bundle) run(consumer *pgque.Consumer) (stop func() error) {
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- consumer.Start(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	b.t.Cleanup(func() { _ = stop() })
	return stop
}

func isWaiting(consumer *pgque.Consumer) bool {
	health := consumer.Health()
	return health.State == pgque.StateWaiting && health.IsHearing
}

func TestAConsumerIsWokenByATickAndStopsCleanly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var handled seen
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithStartAt(pgque.Latest()),
		pgque.WithPollInterval(time.Hour), pgque.WithIdlePollInterval(time.Hour))
	consumer.Handle("job", handled.handle)
	stop := b.run(consumer)
	eventually(t, "it waits and hears", func() bool { return isWaiting(consumer) })
	wantEqual(t, consumer.Health().IsHealthy, true)
	b.send("job", 1)
	eventually(t, "it has handled the event", func() bool { return consumer.Health().Acked == 1 })
	handled.want(t, "1")
	wantEqual(t, stop(), nil)
	wantEqual(t, consumer.Health().State, pgque.StateStopped)
	wantEqual(t, len(must(b.client.InFlight(b.ctx, b.queue))(t)), 0)
	wantCode(t, consumer.Start(b.ctx), pgque.ErrAlreadyStarted, false)
}

func TestEveryMessageGetsTheOutcomeOfItsHandler(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	for _, kind := range []string{"done", "failed", "panicked", "dead", "later", "never", "unknown"} {
		must(b.client.Send(b.ctx, b.queue, pgque.Event{Type: kind}))(t)
	}
	b.tick()
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithRetry(pgque.Fixed(time.Hour, 0)))
	failure := errors.New("broken")
	handlers := map[string]pgque.HandlerFunc{
		"done":     func(context.Context, pgque.Message) error { return nil },
		"failed":   func(context.Context, pgque.Message) error { return failure },
		"panicked": func(context.Context, pgque.Message) error { panic("help") },
		"dead": func(context.Context, pgque.Message) error {
			return fmt.Errorf("it: %w", pgque.NewDeadLetterError(failure))
		},
		"later": func(context.Context, pgque.Message) error { return pgque.NewRetryLaterError(time.Hour, nil) },
	}
	for kind, handle := range handlers {
		consumer.Handle(kind, handle)
	}
	consumer.Handle("never", handlers["failed"], pgque.WithRetry(pgque.Never()))
	wantEqual(t, must(consumer.Drain(b.ctx))(t), 7)
	health := consumer.Health()
	wantEqual(t, health.Acked, 1)
	wantEqual(t, health.Retried, 4)
	wantEqual(t, health.Dead, 2)
	letters := must(b.client.DLQInspect(b.ctx, b.queue, 0))(t)
	wantEqual(t, len(letters), 2)
	wantEqual(t, letters[0].Reason, "broken")
	wantEqual(t, letters[1].Reason, "it: broken")
	wantEqual(t, must(b.client.ConsumerStats(b.ctx, b.queue))(t)[0].RetriesPending, 4)
}

func TestUnknownTypesGoToTheHandlerOfAllOrPassIfToldSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("all")
	b.subscribe("some")
	b.send("a", 1)
	var handled seen
	all := b.client.NewConsumer(b.queue, "all")
	all.Handle("*", handled.handle)
	wantEqual(t, must(all.Drain(b.ctx))(t), 1)
	handled.want(t, "1")
	some := b.client.NewConsumer(b.queue, "some", pgque.WithUnknownHandlerPolicy(pgque.AckUnknown))
	some.Handle("b", handled.handle)
	wantEqual(t, must(some.Drain(b.ctx))(t), 1)
	wantEqual(t, some.Health().Acked, 1)
	handled.want(t, "1")
}

func TestAStartIsRefusedByWhatNoRetryWillChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	nothing := func(context.Context, pgque.Message) error { return nil }
	start := func(queue string, options ...pgque.ConsumerOption) error {
		consumer := b.client.NewConsumer(queue, "c", options...)
		consumer.Handle("*", nothing)
		return consumer.Start(b.ctx)
	}
	wantCode(t, start("missing"), pgque.ErrQueueNotFound, false)
	wantCode(t, start(b.queue), pgque.ErrConsumerNotRegistered, false)
	wantCode(t, start(b.queue, pgque.WithMaxMessages(0)), pgque.ErrInvalidArgument, false)
	wantCode(t, start(b.queue, pgque.WithExactlyOnce(), pgque.WithAutoSubconsumer()), pgque.ErrInvalidArgument, false)
	wantCode(t, b.client.NewConsumer(b.queue, "c").Start(b.ctx), pgque.ErrNoHandlers, false)
	twice := b.client.NewConsumer(b.queue, "c")
	twice.Handle("a", nothing)
	twice.Handle("a", nothing)
	wantCode(t, twice.Start(b.ctx), pgque.ErrInvalidArgument, false)
	without := b.client.NewConsumer(b.queue, "c")
	without.HandleTx("a", func(context.Context, pgx.Tx, pgque.Message) error { return nil })
	wantCode(t, without.Start(b.ctx), pgque.ErrInvalidArgument, false)
	must(b.client.RegisterSubconsumer(b.ctx, b.queue, "c", "member"))(t)
	wantCode(t, start(b.queue), pgque.ErrConsumerIsCooperative, false)
}

func TestAHandlerThatTakesTooLongIsLeftBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("slow", 1)
	b.send("fast", 2)
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithRetry(pgque.Fixed(time.Hour, 0)))
	deaf := make(chan struct{})
	t.Cleanup(func() { close(deaf) })
	consumer.Handle("slow", func(context.Context, pgque.Message) error {
		<-deaf
		return nil
	}, pgque.WithHandlerTimeout(20*time.Millisecond))
	consumer.Handle("fast", func(context.Context, pgque.Message) error { return nil })
	wantEqual(t, must(consumer.Drain(b.ctx))(t), 2)
	wantEqual(t, consumer.Health().Acked, 1)
	wantEqual(t, consumer.Health().Retried, 1)
}

func TestAStopLetsTheHandlerFinishAndReleasesTheRest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1, 2)
	consumer := b.client.NewConsumer(b.queue, "c")
	entered, finish := make(chan struct{}), make(chan struct{})
	consumer.Handle("job", func(ctx context.Context, _ pgque.Message) error {
		close(entered)
		<-finish
		return ctx.Err()
	})
	stop := b.run(consumer)
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	eventually(t, "it is about to stop", func() bool {
		limited, cancel := context.WithCancel(b.ctx)
		cancel()
		return errors.Is(consumer.Stop(limited), context.Canceled)
	})
	eventually(t, "it says so", func() bool { return consumer.Health().State == pgque.StateStopping })
	wantEqual(t, consumer.Health().IsHealthy, false)
	// Producing goes on until the client is closed.
	must(b.client.Send(b.ctx, b.queue, pgque.Event{}))(t)
	close(finish)
	wantEqual(t, <-stopped, nil)
	health := consumer.Health()
	wantEqual(t, health.Acked, 1)
	wantEqual(t, health.Retried, 1)
	wantEqual(t, len(must(b.client.InFlight(b.ctx, b.queue))(t)), 0)
}

func TestAStopHoldsItsBoundWhenAHandlerDoesNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1)
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithStopTimeout(2*time.Second))
	entered, never := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(never) })
	consumer.Handle("job", func(ctx context.Context, _ pgque.Message) error {
		close(entered)
		<-ctx.Done()
		<-never
		return nil
	})
	stop := b.run(consumer)
	<-entered
	begun := time.Now()
	wantEqual(t, stop(), nil)
	if took := time.Since(begun); took > 5*time.Second {
		t.Fatalf("it took %v", took)
	}
	wantEqual(t, consumer.Health().Acked, 0)
	wantEqual(t, consumer.Health().Retried, 1)
}

func TestADrainThatIsNotDoneInTimeSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1)
	consumer := b.client.NewConsumer(b.queue, "c")
	ctx, cancel := context.WithCancel(b.ctx)
	consumer.Handle("job", func(ctx context.Context, _ pgque.Message) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	_, err := consumer.Drain(ctx)
	wantCode(t, err, pgque.ErrDrainTimeout, false)
	wantEqual(t, errors.Is(err, context.Canceled), true)
}

func TestHandlersRunAtOnceAndKeepTheOrderOfTheirKeys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	for _, kind := range []string{"a", "b", "a", "b"} {
		must(b.client.Send(b.ctx, b.queue, pgque.Event{Type: kind}))(t)
	}
	b.tick()
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithConcurrency(4), pgque.WithRetry(pgque.Fixed(time.Hour, 0)),
		pgque.WithOrderBy(func(message pgque.Message) string { return message.Type }))
	var both sync.WaitGroup
	both.Add(2)
	count := map[string]int{}
	var mu sync.Mutex
	consumer.Handle("*", func(_ context.Context, message pgque.Message) error {
		mu.Lock()
		count[message.Type]++
		isFirst := count[message.Type] == 1
		mu.Unlock()
		if isFirst {
			both.Done()
			both.Wait()
		}
		if message.Type == "a" {
			return errors.New("again")
		}
		return nil
	})
	wantEqual(t, must(consumer.Drain(b.ctx))(t), 4)
	wantEqual(t, count["a"], 1)
	wantEqual(t, count["b"], 2)
	wantEqual(t, consumer.Health().Retried, 2)
}

func TestOneProcessReadsAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	var handled seen
	first, second := b.client.NewConsumer(b.queue, "c"), b.client.NewConsumer(b.queue, "c")
	first.Handle("*", handled.handle)
	second.Handle("*", handled.handle)
	stop := b.run(first)
	eventually(t, "the first waits", func() bool { return isWaiting(first) })
	b.run(second)
	eventually(t, "the second stands by", func() bool { return second.Health().State == pgque.StateStandingBy })
	wantEqual(t, second.Health().IsHealthy, true)
	b.send("job", 1)
	eventually(t, "the first has handled it", func() bool { return first.Health().Acked == 1 })
	wantEqual(t, stop(), nil)
	b.send("job", 2)
	eventually(t, "the second has taken over", func() bool { return second.Health().Acked == 1 })
	handled.want(t, "1", "2")
}

func TestACloseOfTheClientEndsItsConsumers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	client := connect(t, b.dsn)
	consumer := client.NewConsumer(b.queue, "c")
	consumer.Handle("*", func(context.Context, pgque.Message) error { return nil })
	stop := b.run(consumer)
	eventually(t, "it waits", func() bool { return isWaiting(consumer) })
	client.Close()
	eventually(t, "it has stopped", func() bool { return consumer.Health().State == pgque.StateStopped })
	wantEqual(t, stop(), nil)
}
