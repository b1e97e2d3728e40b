package pgque_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	pgque "github.com/NikolayS/pgque-go"
)

// These break the server and the network that they share, so they run one after the other.

// control breaks or mends the private server, or the network before it; see openControl() of @pgque/testing.
func control(t *testing.T, command string) {
	t.Helper()
	response, err := http.Post(variable(t, "PGQUE_TEST_CONTROL")+"/"+command, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatal(string(must(io.ReadAll(response.Body))(t)))
	}
}

// setupBehindProxy makes a queue with the consumer "c" on the private server, and a client that goes through the network.
func setupBehindProxy(t *testing.T, options ...pgque.ClientOption) (*bundle, *pgque.Client) {
	t.Helper()
	b := setupOn(t, variable(t, "PGQUE_TEST_PRIVATE_DSN"), pgque.WithApplicationName("test"))
	b.subscribe("c")
	return b, connect(t, variable(t, "PGQUE_TEST_PROXY_DSN"), options...)
}

func TestAConsumerOutlivesAServerThatIsKilled(t *testing.T) {
	b, client := setupBehindProxy(t)
	var handled seen
	consumer := client.NewConsumer(b.queue, "c")
	consumer.Handle("*", handled.handle)
	stop := b.run(consumer)
	b.send("job", 1)
	eventually(t, "it has handled the first", func() bool { return consumer.Health().Acked == 1 })
	control(t, "server.kill?SIGKILL")
	eventually(t, "it tells", func() bool { return !consumer.Health().IsHealthy })
	control(t, "server.start")
	eventually(t, "the server takes events", func() bool {
		_, err := b.client.Send(b.ctx, b.queue, pgque.Event{Payload: 2})
		return err == nil
	})
	b.tick()
	eventually(t, "it has handled the second", func() bool { return consumer.Health().Acked == 2 })
	eventually(t, "it waits and hears", func() bool { return isWaiting(consumer) })
	wantEqual(t, stop(), nil)
	handled.want(t, "1", "2")
}

func TestWhatWasHandledWhileTheServerWasAwayIsNotHandledAgain(t *testing.T) {
	b, client := setupBehindProxy(t)
	var handled seen
	consumer := client.NewConsumer(b.queue, "c")
	var once sync.Once
	consumer.Handle("*", func(ctx context.Context, message pgque.Message) error {
		once.Do(func() { control(t, "server.kill?SIGKILL") })
		return handled.handle(ctx, message)
	})
	b.send("job", 1, 2)
	stop := b.run(consumer)
	eventually(t, "it recovers", func() bool { return consumer.Health().State == pgque.StateRecovering })
	wantEqual(t, consumer.Health().LastError != nil, true)
	control(t, "server.start")
	eventually(t, "it is stored", func() bool { return consumer.Health().Acked == 2 })
	wantEqual(t, stop(), nil)
	handled.want(t, "1", "2")
}

func TestAConsumerOutlivesTerminatedBackends(t *testing.T) {
	for name, options := range map[string][]pgque.ConsumerOption{
		"alone":        nil,
		"as a member":  {pgque.WithAutoSubconsumer(), pgque.WithPollInterval(20 * time.Millisecond)},
		"exactly once": {pgque.WithExactlyOnce()},
	} {
		t.Run(name, func(t *testing.T) {
			b, client := setupBehindProxy(t)
			consumer := client.NewConsumer(b.queue, "c", options...)
			consumer.Handle("*", func(context.Context, pgque.Message) error { return nil })
			stop := b.run(consumer)
			eventually(t, "it waits", func() bool { return consumer.Health().State == pgque.StateWaiting })
			for count := range 5 {
				must(b.client.Pool().Exec(b.ctx, `
					select pg_terminate_backend(pid) from pg_stat_activity
					where application_name like 'pgque%' and pid <> pg_backend_pid()`))(t)
				b.send("job", count)
				eventually(t, "it has handled the event", func() bool { return consumer.Health().Acked == count+1 })
			}
			wantEqual(t, stop(), nil)
		})
	}
}

func TestAConsumerOutlivesANetworkThatFails(t *testing.T) {
	for _, fault := range []string{"cut", "stall"} {
		t.Run(fault, func(t *testing.T) {
			b, client := setupBehindProxy(t, pgque.WithQueryTimeout(time.Second))
			consumer := client.NewConsumer(b.queue, "c", pgque.WithDeadInterval(time.Second))
			consumer.Handle("*", func(context.Context, pgque.Message) error { return nil })
			stop := b.run(consumer)
			eventually(t, "it waits and hears", func() bool { return isWaiting(consumer) })
			control(t, "proxy."+fault)
			eventually(t, "it tells", func() bool { return !consumer.Health().IsHearing })
			control(t, "proxy.resume")
			b.send("job", 1)
			eventually(t, "it has handled the event", func() bool { return consumer.Health().Acked == 1 })
			wantEqual(t, stop(), nil)
		})
	}
}

func TestACallGivesUpOnAServerThatDoesNotAnswer(t *testing.T) {
	b, client := setupBehindProxy(t, pgque.WithQueryTimeout(300*time.Millisecond))
	control(t, "proxy.stall")
	_, err := client.Send(b.ctx, b.queue, pgque.Event{})
	control(t, "proxy.resume")
	wantCode(t, err, pgque.ErrQueryTimeout, true)
	must(client.Version(b.ctx))(t)
}

func TestAStopHoldsItsBoundWhenTheServerDoesNotAnswer(t *testing.T) {
	b, client := setupBehindProxy(t)
	b.send("job", 1)
	consumer := client.NewConsumer(b.queue, "c", pgque.WithStopTimeout(time.Second))
	ctx, cancel := context.WithCancel(b.ctx)
	consumer.Handle("*", func(context.Context, pgque.Message) error {
		control(t, "proxy.blackhole")
		cancel()
		return nil
	})
	begun := time.Now()
	err := consumer.Start(ctx)
	took := time.Since(begun)
	control(t, "proxy.cut")
	control(t, "proxy.resume")
	wantEqual(t, err, nil)
	if took > 5*time.Second {
		t.Fatalf("it took %v", took)
	}
	wantEqual(t, consumer.Health().Acked, 0)
	// Nothing was acknowledged: the batch is there for whoever comes next.
	wantEqual(t, len(b.receive("c")), 1)
}

func TestAFailedSettleAcknowledgesNothingAndIsTriedAgain(t *testing.T) {
	b := setupOn(t, variable(t, "PGQUE_TEST_PRIVATE_DSN"))
	b.subscribe("c")
	b.send("job", 1, 2)
	pool := b.client.Pool()
	must(pool.Exec(b.ctx, `
		create function refuse() returns trigger language plpgsql as
		$$ begin raise exception 'disk full' using errcode = '53100'; end $$`))(t)
	must(pool.Exec(b.ctx, `create trigger refuse before insert on pgque.later for each row execute function refuse()`))(t)
	t.Cleanup(func() { must(pool.Exec(context.Background(), `drop function if exists refuse() cascade`))(t) })
	consumer := b.client.NewConsumer(b.queue, "c", pgque.WithRetry(pgque.Fixed(time.Hour, 0)))
	consumer.Handle("*", func(_ context.Context, message pgque.Message) error {
		if string(message.Payload) == "1" {
			return errors.New("again")
		}
		return nil
	})
	stop := b.run(consumer)
	eventually(t, "it recovers", func() bool { return consumer.Health().State == pgque.StateRecovering })
	wantEqual(t, len(must(b.client.InFlight(b.ctx, b.queue))(t)), 1)
	wantEqual(t, consumer.Health().Acked, 0)
	must(pool.Exec(b.ctx, `drop function refuse() cascade`))(t)
	eventually(t, "it is stored", func() bool { return consumer.Health().Acked == 1 && consumer.Health().Retried == 1 })
	wantEqual(t, stop(), nil)
	wantEqual(t, must(b.client.ConsumerStats(b.ctx, b.queue))(t)[0].RetriesPending, 1)
}

func TestThroughAPoolerAConsumerPollsAndSaysSo(t *testing.T) {
	b := setupOn(t, variable(t, "PGQUE_TEST_PRIVATE_DSN"))
	b.subscribe("c")
	var log strings.Builder
	pooler := connect(t, variable(t, "PGQUE_TEST_POOLER_DSN"), pgque.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	consumer := pooler.NewConsumer(b.queue, "c", pgque.WithPollInterval(20*time.Millisecond))
	consumer.Handle("*", func(context.Context, pgque.Message) error { return nil })
	stop := b.run(consumer)
	eventually(t, "it waits", func() bool { return consumer.Health().State == pgque.StateWaiting })
	for count := range 10 {
		must(pooler.Send(b.ctx, b.queue, pgque.Event{Payload: count}))(t)
	}
	b.tick()
	eventually(t, "it has handled the events", func() bool { return consumer.Health().Acked == 10 })
	wantEqual(t, consumer.Health().IsHearing, false)
	wantEqual(t, stop(), nil)
	wantEqual(t, strings.Count(log.String(), "probably because of a pooler"), 1)

	direct := connect(t, variable(t, "PGQUE_TEST_POOLER_DSN"), pgque.WithDirect(b.dsn))
	hearing := direct.NewConsumer(b.queue, "c")
	hearing.Handle("*", func(context.Context, pgque.Message) error { return nil })
	b.run(hearing)
	eventually(t, "it hears", func() bool { return isWaiting(hearing) })
}
