package pgque

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// DropQueue drops a queue with its events, retries and dead letters, and with force its subscriptions, which are
// ErrConsumersAttached otherwise. 1. Role pgque_admin.
func (o *Operations) DropQueue(ctx context.Context, queue string, force bool) (int, error) {
	return scalar[int](ctx, o, `select pgque.drop_queue($1::text, $2::boolean)`, queue, force)
}

// PauseQueue stops the ticks of a queue; events are kept. 1. Role pgque_admin.
func (o *Operations) PauseQueue(ctx context.Context, queue string) (int, error) {
	return scalar[int](ctx, o, `select pgque.pause_queue($1::text)`, queue)
}

// ResumeQueue lets a paused queue tick again. 1. Role pgque_admin.
func (o *Operations) ResumeQueue(ctx context.Context, queue string) (int, error) {
	return scalar[int](ctx, o, `select pgque.resume_queue($1::text)`, queue)
}

// Ticker ticks all queues that are due and returns how many. Call it every second or more often, unless pg_cron does, or a
// ticker of another language. Role pgque_admin, as all below.
func (o *Operations) Ticker(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.ticker()`)
}

// Tick ticks one queue if it is due; the id of the tick, or nil. ErrTickNotAllowed when it is paused.
func (o *Operations) Tick(ctx context.Context, queue string) (*int64, error) {
	return scalar[*int64](ctx, o, `select pgque.ticker($1::text)`, queue)
}

// ExternalTick records a tick that an external ticker made, and returns its id. ErrTickOutOfOrder when it is not newer than the
// last one.
func (o *Operations) ExternalTick(ctx context.Context, queue string, tickID int64, at time.Time, eventSeq int64) (int64, error) {
	return scalar[int64](ctx, o, `select pgque.ticker($1::text, $2::bigint, $3::timestamptz, $4::bigint)`,
		queue, tickID, at, eventSeq)
}

// ForceNextTick makes the next Ticker tick this queue, whatever its thresholds; returns the id of the last tick. For tests.
func (o *Operations) ForceNextTick(ctx context.Context, queue string) (int64, error) {
	return scalar[int64](ctx, o, `select pgque.force_next_tick($1::text)`, queue)
}

// ForceTick is PgQ's name for ForceNextTick.
func (o *Operations) ForceTick(ctx context.Context, queue string) (int64, error) {
	return scalar[int64](ctx, o, `select pgque.force_tick($1::text)`, queue)
}

// TickAndReceive is Receive after a tick, when the queue has events that no tick covers yet. For a consumer in the process of
// the ticker.
func (o *Operations) TickAndReceive(ctx context.Context, queue, consumer string, maxMessages int) ([]Message, error) {
	return many(ctx, o, scanMessage,
		`select `+messageColumns+` from pgque.tick_and_receive($1::text, $2::text, $3::integer) m`,
		queue, consumer, orDefault(maxMessages, defaultMaxMessages))
}

// PendingTicks is what TickPending has done and has seen.
type PendingTicks struct {
	// Ticked is how many queues were ticked.
	Ticked int
	// IsOwed is whether a transaction that was open at a tick may have numbered events before it: tick again soon.
	IsOwed bool
	// IsDoorbell is whether a sender notifies the channel pgque:doorbell meanwhile.
	IsDoorbell bool
	// NextDueAt is when the next retry or delayed event is due; nil: none.
	NextDueAt *time.Time
	// Queues and TickIDs are what was ticked, in the same order.
	Queues  []string
	TickIDs []int64
}

// TickPending ticks every queue that has events which no tick covers yet, at once. With sleepSeconds, up to 3600, the caller
// says that it sleeps next, at most for so long. For a process that ticks all the time; see LeadTicker.
func (o *Operations) TickPending(ctx context.Context, sleepSeconds int) (PendingTicks, error) {
	return one(ctx, o, pgx.RowToStructByPos[PendingTicks], `
		select t.ticked, t.is_owed, t.is_doorbell, t.next_due_at, t.queue_names, t.tick_ids
		from pgque.tick_pending($1::integer) t`, sleepSeconds)
}

// LeadTicker reports whether the session is the one that ticks, until it ends. Call it with Using on a connection of your own.
func (o *Operations) LeadTicker(ctx context.Context) (bool, error) {
	return scalar[bool](ctx, o, `select pgque.lead_ticker()`)
}

// Maint moves the rotation of each log by one phase and returns how many moved. Call it every few seconds, and again while it
// does not return 0.
func (o *Operations) Maint(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.maint()`)
}

// MaintRetryEvents brings retries and delayed events that are due and returns how many. Call it as Maint.
func (o *Operations) MaintRetryEvents(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.maint_retry_events()`)
}

// MaintDeliverDelayed is the same as MaintRetryEvents.
func (o *Operations) MaintDeliverDelayed(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.maint_deliver_delayed()`)
}

// MaintRotateTablesStep1 is the part of Maint for the log of one queue, for callers of PgQ's names.
func (o *Operations) MaintRotateTablesStep1(ctx context.Context, queue string) (int, error) {
	return scalar[int](ctx, o, `select pgque.maint_rotate_tables_step1($1::text)`, queue)
}

// MaintRotateTablesStep2 is the part of Maint for the logs that all queues share, for callers of PgQ's names.
func (o *Operations) MaintRotateTablesStep2(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.maint_rotate_tables_step2()`)
}

// Start lets pg_cron tick, bring retries and rotate. ErrPgCronNotInstalled.
func (o *Operations) Start(ctx context.Context) error {
	return o.run(ctx, `select pgque.start()`)
}

// Stop ends what Start began. It does no harm without pg_cron.
func (o *Operations) Stop(ctx context.Context) error {
	return o.run(ctx, `select pgque.stop()`)
}

// SetTickPeriod sets the time between two ticks of TickerLoop and of the jobs of Start: a whole number of milliseconds that
// divides a second. The default of the engine is 100 ms.
func (o *Operations) SetTickPeriod(ctx context.Context, period time.Duration) error {
	return o.run(ctx, `select pgque.set_tick_period_ms($1::integer)`, period.Milliseconds())
}

// TickerLoop ticks every tick period for this long, brings retries and rotates meanwhile. Outside a transaction, else
// ErrTransactionNotSupported, and for less than the limit of WithQueryTimeout.
func (o *Operations) TickerLoop(ctx context.Context, duration time.Duration) error {
	return o.run(ctx, `call pgque.ticker_loop($1::interval)`, duration)
}

// Rebase makes what is stored fit the transaction ids of another cluster, after a restore there; how many queues it mended.
func (o *Operations) Rebase(ctx context.Context) (int, error) {
	return scalar[int](ctx, o, `select pgque.rebase()`)
}

// Uninstall removes the schema with all queues and events; for its owner only.
func (o *Operations) Uninstall(ctx context.Context) error {
	return o.run(ctx, `select pgque.uninstall()`)
}
