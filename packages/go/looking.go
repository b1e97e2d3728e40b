package pgque

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// QueueInfo is a queue with its settings and rates.
type QueueInfo struct {
	Queue string
	// TableCount is how many tables its events rotate through, CurrentTable the one that takes events now.
	TableCount, CurrentTable int
	RotationPeriod           time.Duration
	// SwitchTime is when rotation came to the current table.
	SwitchTime                   time.Time
	ExternalTicker, TickerPaused bool
	TickerMaxCount               int
	TickerMaxLag                 time.Duration
	TickerIdlePeriod             time.Duration
	// TickerLag is the age of the newest tick.
	TickerLag time.Duration
	// EventsPerSecond is over the ticks of the last minutes; nil: not known.
	EventsPerSecond *float64
	// NewEvents came after the newest tick.
	NewEvents  int64
	LastTickID int64
}

// GetQueueInfo returns one queue, or all when the name is empty. Role pgque_reader, as all below.
func (o *Operations) GetQueueInfo(ctx context.Context, queue string) ([]QueueInfo, error) {
	return many(ctx, o, scanQueueInfo, `
		select q.queue_name, q.queue_ntables, q.queue_cur_table, extract(epoch from q.queue_rotation_period)::float8,
			q.queue_switch_time, q.queue_external_ticker, q.queue_ticker_paused, q.queue_ticker_max_count,
			extract(epoch from q.queue_ticker_max_lag)::float8, extract(epoch from q.queue_ticker_idle_period)::float8,
			extract(epoch from q.ticker_lag)::float8, q.ev_per_sec, q.ev_new, q.last_tick_id
		from pgque.get_queue_info($1::text) q`, orNil(queue))
}

func scanQueueInfo(row pgx.CollectableRow) (QueueInfo, error) {
	var q QueueInfo
	var rotation, maxLag, idlePeriod, lag seconds
	err := row.Scan(&q.Queue, &q.TableCount, &q.CurrentTable, &rotation, &q.SwitchTime, &q.ExternalTicker, &q.TickerPaused,
		&q.TickerMaxCount, &maxLag, &idlePeriod, &lag, &q.EventsPerSecond, &q.NewEvents, &q.LastTickID)
	q.RotationPeriod, q.TickerMaxLag = rotation.duration(), maxLag.duration()
	q.TickerIdlePeriod, q.TickerLag = idlePeriod.duration(), lag.duration()
	return q, err
}

// ConsumerInfo is a consumer as PgQ shows it.
type ConsumerInfo struct {
	Queue, Consumer string
	// Lag is the age of its position, LastSeen the time since it moved; nil: it has none, or never did.
	Lag, LastSeen *time.Duration
	// LastTickID is its position, CurrentBatchID its open batch, NextTickID where that ends; nil: there is none.
	LastTickID, CurrentBatchID, NextTickID *int64
	// PendingEvents are those up to the newest tick that it has not acknowledged.
	PendingEvents int64
}

// GetConsumerInfo returns the consumers of a queue, or one of them; empty names are all.
func (o *Operations) GetConsumerInfo(ctx context.Context, queue, consumer string) ([]ConsumerInfo, error) {
	return many(ctx, o, scanConsumerInfo, `
		select c.queue_name, c.consumer_name, extract(epoch from c.lag)::float8, extract(epoch from c.last_seen)::float8,
			c.last_tick, c.current_batch, c.next_tick, c.pending_events
		from pgque.get_consumer_info($1::text, $2::text) c`, orNil(queue), orNil(consumer))
}

func scanConsumerInfo(row pgx.CollectableRow) (ConsumerInfo, error) {
	var c ConsumerInfo
	var lag, lastSeen *float64
	err := row.Scan(&c.Queue, &c.Consumer, &lag, &lastSeen, &c.LastTickID, &c.CurrentBatchID, &c.NextTickID, &c.PendingEvents)
	c.Lag, c.LastSeen = durationOrNil(lag), durationOrNil(lastSeen)
	return c, err
}

// BatchInfo is what an open batch covers.
type BatchInfo struct {
	Queue, Consumer        string
	BatchStart, BatchEnd   time.Time
	PreviousTickID, TickID int64
	// Lag is the time since the end of the batch.
	Lag              time.Duration
	SeqStart, SeqEnd int64
}

// GetBatchInfo returns what an open batch covers; nil when it is not open.
func (o *Operations) GetBatchInfo(ctx context.Context, batchID int64) (*BatchInfo, error) {
	infos, err := many(ctx, o, scanBatchInfo, `
		select b.queue_name, b.consumer_name, b.batch_start, b.batch_end, b.prev_tick_id, b.tick_id,
			extract(epoch from b.lag)::float8, b.seq_start, b.seq_end
		from pgque.get_batch_info($1::bigint) b`, batchID)
	if err != nil || len(infos) == 0 {
		return nil, err
	}
	return &infos[0], nil
}

func scanBatchInfo(row pgx.CollectableRow) (BatchInfo, error) {
	var b BatchInfo
	var lag seconds
	err := row.Scan(&b.Queue, &b.Consumer, &b.BatchStart, &b.BatchEnd, &b.PreviousTickID, &b.TickID, &lag, &b.SeqStart, &b.SeqEnd)
	b.Lag = lag.duration()
	return b, err
}

// ComponentStatus is a part of the install.
type ComponentStatus struct{ Component, Status, Detail string }

// Status returns a row for each part of the install. Role pgque_admin.
func (o *Operations) Status(ctx context.Context) ([]ComponentStatus, error) {
	return many(ctx, o, pgx.RowToStructByPos[ComponentStatus], `select component, status, coalesce(detail, '') from pgque.status()`)
}

// HealthFinding is what a check has found.
type HealthFinding struct {
	// Check is for example ticker, rotation or consumers.
	Check string
	// Status is ok, warn or fail.
	Status string
	// Queue is empty when it is not about one.
	Queue  string
	Detail string
	// Hint says what to do; empty when nothing is wrong.
	Hint string
}

// Health says what is wrong with the database as a whole, and what to do. Of a consumer tells Consumer.Health.
func (o *Operations) Health(ctx context.Context) ([]HealthFinding, error) {
	return many(ctx, o, pgx.RowToStructByPos[HealthFinding], `
		select h.check_name, h.status, coalesce(h.queue_name, ''), coalesce(h.detail, ''), coalesce(h.hint, '')
		from pgque.health() h`)
}

// Metric is a sample for Prometheus or OpenTelemetry.
type Metric struct {
	Name string
	// Type is gauge or counter.
	Type   string
	Value  float64
	Labels map[string]string
}

// Metrics returns samples of all queues and consumers.
func (o *Operations) Metrics(ctx context.Context) ([]Metric, error) {
	return many(ctx, o, pgx.RowToStructByPos[Metric], `select m.name, m.type, m.value, m.labels from pgque.metrics() m`)
}

// Version returns the version of the install. Every role.
func (o *Operations) Version(ctx context.Context) (string, error) {
	return scalar[string](ctx, o, `select pgque.version()`)
}
