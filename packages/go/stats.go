package pgque

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// QueueStats is a queue at a glance. What ends with Estimate goes by the event sequence, in which sends that were rolled
// back leave gaps.
type QueueStats struct {
	Queue      string
	LastTickID int64
	// TickerLag is the age of the newest tick.
	TickerLag time.Duration
	// EventsPerSecond is nil when it is not known.
	EventsPerSecond        *float64
	UntickedEventsEstimate int64
	Consumers              int
	// SlowestConsumer is the one whose position is oldest; empty: there is none.
	SlowestConsumer string
	SlowestLag      *time.Duration
	// PendingEventsEstimate is what the slowest consumer has not acknowledged.
	PendingEventsEstimate                       *int64
	RetriesPending, DelayedPending, DeadLetters int64
	// RotationAge is the time since the event log rotated.
	RotationAge time.Duration
	// Bytes is the size of the event log with its indexes.
	Bytes int64
}

// QueueStats returns one queue, or all when the name is empty. Role pgque_reader, as all below.
func (o *Operations) QueueStats(ctx context.Context, queue string) ([]QueueStats, error) {
	return many(ctx, o, scanQueueStats, `
		select q.queue_name, q.last_tick_id, extract(epoch from q.ticker_lag)::float8, q.events_per_second,
			q.unticked_events_estimate, q.consumers, coalesce(q.slowest_consumer, ''),
			extract(epoch from q.slowest_lag)::float8, q.pending_events_estimate, q.retries_pending, q.delayed_pending,
			q.dead_letters, extract(epoch from q.rotation_age)::float8, q.bytes
		from pgque.queue_stats($1::text) q`, orNil(queue))
}

func scanQueueStats(row pgx.CollectableRow) (QueueStats, error) {
	var q QueueStats
	var tickerLag, rotationAge seconds
	var slowestLag *float64
	err := row.Scan(&q.Queue, &q.LastTickID, &tickerLag, &q.EventsPerSecond, &q.UntickedEventsEstimate, &q.Consumers,
		&q.SlowestConsumer, &slowestLag, &q.PendingEventsEstimate, &q.RetriesPending, &q.DelayedPending, &q.DeadLetters,
		&rotationAge, &q.Bytes)
	q.TickerLag, q.SlowestLag, q.RotationAge = tickerLag.duration(), durationOrNil(slowestLag), rotationAge.duration()
	return q, err
}

// ConsumerStats is where a consumer stands.
type ConsumerStats struct {
	// Consumer of a member is <consumer>.<member>.
	Queue, Consumer string
	// Lag is the age of its position while something is behind it, else 0.
	Lag time.Duration
	// LastSeen is the time since it moved, opened a batch or was touched; nil: never.
	LastSeen *time.Duration
	// LastTickID is nil for a member that holds nothing.
	LastTickID *int64
	// BatchID is the open batch; nil: there is none.
	BatchID                     *int64
	BatchAge                    *time.Duration
	PendingEventsEstimate       int64
	RetriesPending, DeadLetters int64
}

// ConsumerStats returns the consumers of a queue, or of all when the name is empty.
func (o *Operations) ConsumerStats(ctx context.Context, queue string) ([]ConsumerStats, error) {
	return many(ctx, o, scanConsumerStats, `
		select c.queue_name, c.consumer_name, extract(epoch from c.lag)::float8, extract(epoch from c.last_seen)::float8,
			c.last_tick_id, c.batch_id, extract(epoch from c.batch_age)::float8, c.pending_events_estimate,
			c.retries_pending, c.dead_letters
		from pgque.consumer_stats($1::text) c`, orNil(queue))
}

func scanConsumerStats(row pgx.CollectableRow) (ConsumerStats, error) {
	var c ConsumerStats
	var lag seconds
	var lastSeen, batchAge *float64
	err := row.Scan(&c.Queue, &c.Consumer, &lag, &lastSeen, &c.LastTickID, &c.BatchID, &batchAge, &c.PendingEventsEstimate,
		&c.RetriesPending, &c.DeadLetters)
	c.Lag, c.LastSeen, c.BatchAge = lag.duration(), durationOrNil(lastSeen), durationOrNil(batchAge)
	return c, err
}

// OpenBatch is a batch that is open.
type OpenBatch struct {
	Queue, Consumer        string
	BatchID                int64
	OpenedAt               time.Time
	Age                    time.Duration
	PreviousTickID, TickID int64
	// Events is how many it has.
	Events int64
}

// InFlight returns the open batches of a queue, or of all when the name is empty.
func (o *Operations) InFlight(ctx context.Context, queue string) ([]OpenBatch, error) {
	return many(ctx, o, func(row pgx.CollectableRow) (OpenBatch, error) {
		var b OpenBatch
		var age seconds
		err := row.Scan(&b.Queue, &b.Consumer, &b.BatchID, &b.OpenedAt, &age, &b.PreviousTickID, &b.TickID, &b.Events)
		b.Age = age.duration()
		return b, err
	}, `
		select b.queue_name, b.consumer_name, b.batch_id, b.opened_at, extract(epoch from b.age)::float8, b.prev_tick_id,
			b.tick_id, b.events
		from pgque.in_flight($1::text) b`, orNil(queue))
}

// StuckConsumer is a consumer that holds up its queue.
type StuckConsumer struct {
	Queue, Consumer string
	// Reason is "batch open", "not reading" or "behind".
	Reason string
	// StuckFor is the time since its batch was opened, or since it has had something to read.
	StuckFor, Lag time.Duration
	// LastSeen is nil for one that was never seen.
	LastSeen              *time.Duration
	BatchID               *int64
	PendingEventsEstimate int64
	// HoldsRotation is whether the event log cannot rotate twice before it moves, HeldBytes the size of what it still needs.
	HoldsRotation bool
	HeldBytes     int64
}

// StuckConsumers returns the consumers that have had an open batch, or something to read, for longer. The engine's default
// for SQL is 30 minutes.
func (o *Operations) StuckConsumers(ctx context.Context, threshold time.Duration) ([]StuckConsumer, error) {
	return many(ctx, o, func(row pgx.CollectableRow) (StuckConsumer, error) {
		var c StuckConsumer
		var stuckFor, lag seconds
		var lastSeen *float64
		err := row.Scan(&c.Queue, &c.Consumer, &c.Reason, &stuckFor, &lag, &lastSeen, &c.BatchID, &c.PendingEventsEstimate,
			&c.HoldsRotation, &c.HeldBytes)
		c.StuckFor, c.Lag, c.LastSeen = stuckFor.duration(), lag.duration(), durationOrNil(lastSeen)
		return c, err
	}, `
		select c.queue_name, c.consumer_name, c.reason, extract(epoch from c.stuck_for)::float8,
			extract(epoch from c.lag)::float8, extract(epoch from c.last_seen)::float8, c.batch_id,
			c.pending_events_estimate, c.holds_rotation, c.held_bytes
		from pgque.stuck_consumers($1::interval) c`, threshold)
}

// ThroughputBucket is how much came between two points of time, by the ticks.
type ThroughputBucket struct {
	Start time.Time
	// EventsEstimate and EventsPerSecond are nil where the ticks of that time are gone.
	EventsEstimate  *int64
	EventsPerSecond *float64
}

// Throughput returns the events of a period up to now, bucket by bucket. The engine's defaults for SQL are an hour and a
// minute.
func (o *Operations) Throughput(ctx context.Context, queue string, period, bucket time.Duration) ([]ThroughputBucket, error) {
	return many(ctx, o, pgx.RowToStructByPos[ThroughputBucket], `
		select t.bucket_start, t.events_estimate, t.events_per_second
		from pgque.throughput($1::text, $2::interval, $3::interval) t`, queue, period, bucket)
}
