package pgque_test

import (
	"context"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	pgque "github.com/NikolayS/pgque-go"
)

// Methods whose names are not those of their function.
var otherMethods = map[string][]string{
	"send_batch":         {"SendBatch", "SendEvents"},
	"send_at":            {"SendAt", "SendAfter"},
	"nack":               {"Nack", "NackMany"},
	"subscribe":          {"Subscribe", "SubscribeAt"},
	"dlq_inspect":        {"DLQInspect"},
	"dlq_purge":          {"DLQPurge"},
	"dlq_replay":         {"DLQReplay"},
	"dlq_replay_all":     {"DLQReplayAll"},
	"event_retry":        {"EventRetry", "EventRetryAt"},
	"next_batch":         {"NextBatch", "NextBatchCoop"},
	"next_batch_custom":  {"NextBatchCustom", "NextBatchCustomCoop"},
	"set_tick_period_ms": {"SetTickPeriod"},
	"ticker":             {"Ticker", "Tick", "ExternalTick"},
	"receive":            {"Receive", "Pages"},
}

// apiFunctions are the functions of sql/api.md but the triggers.
func apiFunctions(t *testing.T) []string {
	t.Helper()
	page := string(must(os.ReadFile("../../sql/api.md"))(t))
	var names []string
	for _, block := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			if strings.Contains(line, "returns trigger") {
				continue
			}
			names = append(names, regexp.MustCompile(`^(?:procedure )?([a-z_0-9]+)\(`).FindStringSubmatch(line)[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestEveryFunctionOfTheEngineHasItsMethodAndEveryMethodItsFunction(t *testing.T) {
	t.Parallel()
	var want []string
	for _, name := range apiFunctions(t) {
		if methods, isOther := otherMethods[name]; isOther {
			want = append(want, methods...)
			continue
		}
		method := ""
		for word := range strings.SplitSeq(name, "_") {
			method += strings.ToUpper(word[:1]) + word[1:]
		}
		want = append(want, method)
	}
	var got []string
	for at := range reflect.TypeFor[*pgque.Operations]().NumMethod() {
		got = append(got, reflect.TypeFor[*pgque.Operations]().Method(at).Name)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("methods %v\nfunctions %v", got, want)
	}
}

// recorder notes which functions were called.
type recorder struct {
	pgque.Querier
	mu     sync.Mutex
	called map[string]bool
}

func (r *recorder) note(sql string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, found := range regexp.MustCompile(`pgque\.([a-z_0-9]+)\(`).FindAllStringSubmatch(sql, -1) {
		r.called[found[1]] = true
	}
}

func (r *recorder) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r.note(sql)
	return r.Querier.Exec(ctx, sql, args...)
}

func (r *recorder) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	r.note(sql)
	return r.Querier.Query(ctx, sql, args...)
}

// Every function is called on a server, so that what a method sends is taken, and what comes back is read.
func TestEveryFunctionIsCalledAsTheEngineHasIt(t *testing.T) {
	t.Parallel()
	// It ticks all queues of its database, in which no other test sends meanwhile.
	b := setupOn(t, variable(t, "PGQUE_TEST_PRIVATE_DSN"))
	record := &recorder{Querier: b.client.Pool(), called: map[string]bool{}}
	o := pgque.Using(record)
	ctx, queue := b.ctx, b.queue
	operate(t, ctx, o, queue)
	consume(t, ctx, o, queue)
	usePrimitives(t, ctx, o, queue, b.client)
	cooperate(t, ctx, o, queue)
	look(t, ctx, o, queue)
	wantEqual(t, must(o.DropQueue(ctx, queue, true))(t), 1)
	// There is no pg_cron here.
	wantCode(t, o.Start(ctx), pgque.ErrPgCronNotInstalled, false)
	wantEqual(t, o.Stop(ctx), nil)
	// Not in the database that others use.
	record.called["uninstall"] = true
	var got []string
	for name := range record.called {
		got = append(got, name)
	}
	slices.Sort(got)
	if want := apiFunctions(t); !slices.Equal(got, want) {
		t.Fatalf("called %v\nwant %v", got, want)
	}
}

func operate(t *testing.T, ctx context.Context, o *pgque.Operations, queue string) {
	t.Helper()
	wantEqual(t, must(o.CreateQueue(ctx, queue, nil))(t), 0)
	wantEqual(t, o.SetQueueConfig(ctx, queue, pgque.Settings{
		"max_retries": 7, "ticker_max_lag": 2 * time.Second, "max_consumer_lag": 2 * time.Hour, "ticker_max_count": nil,
	}), nil)
	config := must(o.GetQueueConfig(ctx, queue))(t)
	wantEqual(t, config.MaxRetries, 7)
	wantEqual(t, config.TickerMaxLag, 2*time.Second)
	wantEqual(t, *config.MaxConsumerLag, 2*time.Hour)
	wantEqual(t, config.RotationPeriod, 2*time.Hour)
	wantCode(t, o.SetQueueConfig(ctx, queue, pgque.Settings{"colour": "red"}), pgque.ErrInvalidQueueConfig, false)
	wantEqual(t, must(o.PauseQueue(ctx, queue))(t), 1)
	_, err := o.Tick(ctx, queue)
	wantCode(t, err, pgque.ErrTickNotAllowed, false)
	wantEqual(t, must(o.ResumeQueue(ctx, queue))(t), 1)
	must(o.ForceTick(ctx, queue))(t)
	must(o.Tick(ctx, queue))(t)
	_, err = o.ExternalTick(ctx, queue, 1000, time.Now(), 1)
	wantCode(t, err, pgque.ErrTickNotAllowed, false)
	must(o.Maint(ctx))(t)
	must(o.MaintRetryEvents(ctx))(t)
	must(o.MaintDeliverDelayed(ctx))(t)
	must(o.MaintRotateTablesStep1(ctx, queue))(t)
	must(o.MaintRotateTablesStep2(ctx))(t)
	wantEqual(t, must(o.Rebase(ctx))(t), 0)
	wantEqual(t, o.SetTickPeriod(ctx, 100*time.Millisecond), nil)
	wantEqual(t, o.TickerLoop(ctx, 10*time.Millisecond), nil)
	must(o.Ticker(ctx))(t)
	must(o.LeadTicker(ctx))(t)
	if must(o.Version(ctx))(t) == "" {
		t.Fatal("no version")
	}
}

func consume(t *testing.T, ctx context.Context, o *pgque.Operations, queue string) {
	t.Helper()
	must(o.Subscribe(ctx, queue, "c"))(t)
	text := "text, no JSON"
	must(o.InsertEvent(ctx, queue, nil, &text))(t)
	must(o.Send(ctx, queue, pgque.Event{Payload: 1}))(t)
	must(o.SendBatch(ctx, queue, "job", []any{2}))(t)
	delayed := must(o.SendAfter(ctx, queue, pgque.Event{}, time.Hour))(t)
	wantEqual(t, must(o.Cancel(ctx, delayed))(t), true)
	ticks := must(o.TickPending(ctx, 0))(t)
	wantEqual(t, len(ticks.Queues), len(ticks.TickIDs))
	messages := must(o.TickAndReceive(ctx, queue, "c", 0))(t)
	wantEqual(t, len(messages), 3)
	wantEqual(t, messages[0].Type, "")
	wantEqual(t, string(messages[0].Payload), text)
	batch := messages[0].BatchID
	wantEqual(t, must(o.Nack(ctx, batch, messages[0], pgque.Dead()))(t), 1)
	wantEqual(t, must(o.EventDead(ctx, batch, messages[1].MsgID, "no"))(t), 1)
	wantEqual(t, must(o.EventDead(ctx, batch, messages[2].MsgID, ""))(t), 1)
	wantEqual(t, must(o.Settle(ctx, batch, nil))(t), 1)
	letters := must(o.DLQInspect(ctx, queue, 3))(t)
	wantEqual(t, len(letters), 3)
	must(o.DLQReplay(ctx, letters[0].ID))(t)
	wantEqual(t, must(o.DLQReplayAll(ctx, queue))(t), pgque.Replayed{Replayed: 2})
	wantEqual(t, must(o.DLQPurge(ctx, queue, time.Hour))(t), 0)
	wantEqual(t, len(must(o.InFlight(ctx, queue))(t)), 0)
	must(o.Seek(ctx, queue, "c", pgque.AtTime(time.Now())))(t)
	wantEqual(t, len(must(o.Receive(ctx, queue, "c", 0))(t)), 0)
	wantEqual(t, must(o.Ack(ctx, batch))(t), 0)
	wantEqual(t, must(o.Unsubscribe(ctx, queue, "c", true))(t), 1)
}

func usePrimitives(t *testing.T, ctx context.Context, o *pgque.Operations, queue string, client *pgque.Client) {
	t.Helper()
	must(o.ForceNextTick(ctx, queue))(t)
	must(o.Tick(ctx, queue))(t)
	wantEqual(t, must(o.RegisterConsumer(ctx, queue, "p"))(t), 1)
	tick := must(o.GetConsumerInfo(ctx, queue, "p"))(t)[0].LastTickID
	wantEqual(t, must(o.RegisterConsumerAt(ctx, queue, "p", *tick))(t), 0)
	if batch := must(o.NextBatch(ctx, queue, "p"))(t); batch != nil {
		t.Fatal("a batch of nothing")
	}
	if window := must(o.NextBatchCustom(ctx, queue, "p", pgque.BatchConditions{MinLag: time.Hour}))(t); window != nil {
		t.Fatal("a batch of nothing")
	}
	must(o.SendBatch(ctx, queue, "job", []any{1, 2}))(t)
	must(o.ForceNextTick(ctx, queue))(t)
	must(o.Tick(ctx, queue))(t)
	window := must(o.NextBatchInfo(ctx, queue, "p"))(t)
	info := must(o.GetBatchInfo(ctx, window.BatchID))(t)
	wantEqual(t, info.TickID, window.TickID)
	events := must(o.GetBatchEvents(ctx, window.BatchID))(t)
	wantEqual(t, len(events), 2)
	wantEqual(t, must(o.EventRetry(ctx, window.BatchID, events[0].EventID, time.Minute))(t), 1)
	must(o.EventRetryAt(ctx, window.BatchID, events[1].EventID, time.Now().Add(time.Hour)))(t)
	must(o.BatchRetry(ctx, window.BatchID, time.Minute))(t)
	// In its transaction the cursor lives on.
	err := pgx.BeginFunc(ctx, client.Pool(), func(tx pgx.Tx) error {
		found, err := pgque.Using(tx).GetBatchCursor(ctx, window.BatchID, "cursor", 1, "ev_type = 'job'")
		wantEqual(t, len(found), 1)
		return err
	})
	wantEqual(t, err, nil)
	must(o.GetBatchCursor(ctx, window.BatchID, "cursor", 1, ""))(t)
	wantEqual(t, must(o.FinishBatch(ctx, window.BatchID))(t), 1)
	_, err = o.UnregisterConsumer(ctx, queue, "p")
	wantCode(t, err, pgque.ErrRetriesPending, false)
}

func cooperate(t *testing.T, ctx context.Context, o *pgque.Operations, queue string) {
	t.Helper()
	wantEqual(t, must(o.RegisterSubconsumer(ctx, queue, "group", "a"))(t), 1)
	wantEqual(t, must(o.SubscribeSubconsumer(ctx, queue, "group", "b", pgque.ConvertNormal()))(t), 1)
	must(o.SendBatch(ctx, queue, "job", []any{1, 2}))(t)
	must(o.ForceNextTick(ctx, queue))(t)
	must(o.Tick(ctx, queue))(t)
	messages := must(o.ReceiveCoop(ctx, queue, "group", "a", pgque.MaxMessages(1), pgque.TakeOverAfter(time.Hour)))(t)
	wantEqual(t, len(messages), 1)
	wantEqual(t, must(o.TouchSubconsumer(ctx, queue, "group", "a"))(t), 1)
	wantEqual(t, must(o.TouchSubconsumer(ctx, queue, "group", "b"))(t), 0)
	if must(o.NextBatchCoop(ctx, queue, "group", "b", pgque.TakeOverAfter(time.Hour)))(t) == nil {
		t.Fatal("no batch")
	}
	must(o.NextBatchCustomCoop(ctx, queue, "group", "b", pgque.BatchConditions{MinCount: 1, MinInterval: time.Second}))(t)
	_, err := o.UnregisterSubconsumer(ctx, queue, "group", "a")
	wantCode(t, err, pgque.ErrBatchOpen, false)
	wantEqual(t, must(o.UnregisterSubconsumer(ctx, queue, "group", "a", pgque.GiveBatchBack()))(t), 1)
	wantEqual(t, must(o.UnsubscribeSubconsumer(ctx, queue, "group", "b", pgque.GiveBatchBack()))(t), 1)
}

func look(t *testing.T, ctx context.Context, o *pgque.Operations, queue string) {
	t.Helper()
	infos := must(o.GetQueueInfo(ctx, queue))(t)
	wantEqual(t, len(infos), 1)
	wantEqual(t, infos[0].TickerMaxLag, 2*time.Second)
	stats := must(o.QueueStats(ctx, queue))(t)
	wantEqual(t, stats[0].Consumers > 0, true)
	wantEqual(t, len(must(o.ConsumerStats(ctx, queue))(t)) > 0, true)
	must(o.InFlight(ctx, ""))(t)
	must(o.StuckConsumers(ctx, time.Millisecond))(t)
	wantEqual(t, len(must(o.Throughput(ctx, queue, time.Hour, time.Minute))(t)) > 0, true)
	wantEqual(t, len(must(o.Status(ctx))(t)) > 0, true)
	wantEqual(t, len(must(o.Health(ctx))(t)) > 0, true)
	labelled := slices.IndexFunc(must(o.Metrics(ctx))(t), func(m pgque.Metric) bool { return m.Labels["queue"] == queue })
	wantEqual(t, labelled >= 0, true)
}
