package pgque

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// BatchEvent is an event of a batch as the primitives of PgQ see it.
type BatchEvent struct {
	EventID   int64
	CreatedAt time.Time
	// TransactionID is that of the transaction which sent it.
	TransactionID int64
	// RetryCount, Type, Payload and the extras are as in Message.
	RetryCount                     int
	Type                           string
	Payload                        json.RawMessage
	Extra1, Extra2, Extra3, Extra4 *string
}

// BatchWindow is a batch between two ticks.
type BatchWindow struct {
	BatchID, TickID, PreviousTickID int64
	TickTime, PreviousTickTime      time.Time
	// TickEventSeq is where the sequence of the events stood at the tick.
	TickEventSeq, PreviousTickEventSeq int64
}

// BatchConditions are what the next batch must meet; MinCount or MinInterval is enough when both are given. Zero is none.
type BatchConditions struct {
	// MinLag is how old its last tick must be.
	MinLag time.Duration
	// MinCount is how many events it must cover.
	MinCount int
	// MinInterval is how long it must cover.
	MinInterval time.Duration
}

// RegisterConsumer is PgQ's name for Subscribe.
func (o *Operations) RegisterConsumer(ctx context.Context, queue, consumer string) (int, error) {
	return scalar[int](ctx, o, `select pgque.register_consumer($1::text, $2::text)`, queue, consumer)
}

// RegisterConsumerAt subscribes behind a tick, or moves there: 1 when it is new, 0 when it was there. Role pgque_reader.
func (o *Operations) RegisterConsumerAt(ctx context.Context, queue, consumer string, tickID int64) (int, error) {
	return scalar[int](ctx, o, `select pgque.register_consumer_at($1::text, $2::text, $3::bigint)`, queue, consumer, tickID)
}

// UnregisterConsumer is PgQ's name for Unsubscribe; pending retries are ErrRetriesPending.
func (o *Operations) UnregisterConsumer(ctx context.Context, queue, consumer string) (int, error) {
	return scalar[int](ctx, o, `select pgque.unregister_consumer($1::text, $2::text)`, queue, consumer)
}

// NextBatch opens the window up to the next tick, which may be empty; nil when there is none yet. Role pgque_reader.
func (o *Operations) NextBatch(ctx context.Context, queue, consumer string) (*int64, error) {
	return scalar[*int64](ctx, o, `select pgque.next_batch($1::text, $2::text)`, queue, consumer)
}

// NextBatchCoop is NextBatch for a member. Takes TakeOverAfter.
func (o *Operations) NextBatchCoop(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) (*int64, error) {
	return scalar[*int64](ctx, o, `select pgque.next_batch($1::text, $2::text, $3::text, $4::interval)`,
		queue, consumer, subconsumer, newMemberSettings(options).dead)
}

const windowColumns = `b.batch_id, b.cur_tick_id, b.prev_tick_id, b.cur_tick_time, b.prev_tick_time, b.cur_tick_event_seq,
	b.prev_tick_event_seq`

// NextBatchInfo is NextBatch with what it covers; nil when there is none yet.
func (o *Operations) NextBatchInfo(ctx context.Context, queue, consumer string) (*BatchWindow, error) {
	return o.window(ctx, `pgque.next_batch_info($1::text, $2::text)`, queue, consumer)
}

// NextBatchCustom is NextBatchInfo that waits, by returning nil, for its conditions.
func (o *Operations) NextBatchCustom(ctx context.Context, queue, consumer string, conditions BatchConditions) (*BatchWindow, error) {
	return o.window(ctx, `pgque.next_batch_custom($1::text, $2::text, $3::interval, $4::integer, $5::interval)`,
		append([]any{queue, consumer}, conditions.columns()...)...)
}

// NextBatchCustomCoop is NextBatchCustom for a member. Takes TakeOverAfter.
func (o *Operations) NextBatchCustomCoop(ctx context.Context, queue, consumer, subconsumer string, conditions BatchConditions, options ...MemberOption) (*BatchWindow, error) {
	args := append([]any{queue, consumer, subconsumer}, conditions.columns()...)
	return o.window(ctx,
		`pgque.next_batch_custom($1::text, $2::text, $3::text, $4::interval, $5::integer, $6::interval, $7::interval)`,
		append(args, newMemberSettings(options).dead)...)
}

func (c BatchConditions) columns() []any {
	var minLag, minInterval *time.Duration
	var minCount *int
	if c.MinLag != 0 {
		minLag = &c.MinLag
	}
	if c.MinCount != 0 {
		minCount = &c.MinCount
	}
	if c.MinInterval != 0 {
		minInterval = &c.MinInterval
	}
	return []any{minLag, minCount, minInterval}
}

// window reads the one row of a function, which is all NULL without a batch.
func (o *Operations) window(ctx context.Context, call string, args ...any) (*BatchWindow, error) {
	windows, err := many(ctx, o, pgx.RowToAddrOfStructByPos[BatchWindow],
		`select `+windowColumns+` from `+call+` b where b.batch_id is not null`, args...)
	if err != nil || len(windows) == 0 {
		return nil, err
	}
	return windows[0], nil
}

const eventColumns = `e.ev_id, e.ev_time, e.ev_txid, coalesce(e.ev_retry, 0), coalesce(e.ev_type, ''), e.ev_data,
	e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4`

// GetBatchEvents returns the events of an open batch. ErrBatchNotFound. Role pgque_reader.
func (o *Operations) GetBatchEvents(ctx context.Context, batchID int64) ([]BatchEvent, error) {
	return many(ctx, o, scanBatchEvent, `select `+eventColumns+` from pgque.get_batch_events($1::bigint) e`, batchID)
}

// GetBatchCursor opens a cursor over a batch and returns its first quickLimit events; the rest comes by FETCH, so call it in a
// transaction. extraWhere is SQL over the columns of events; empty is none. Role pgque_admin.
func (o *Operations) GetBatchCursor(ctx context.Context, batchID int64, cursorName string, quickLimit int, extraWhere string) ([]BatchEvent, error) {
	return many(ctx, o, scanBatchEvent,
		`select `+eventColumns+` from pgque.get_batch_cursor($1::bigint, $2::text, $3::integer, $4::text) e`,
		batchID, cursorName, quickLimit, orNil(extraWhere))
}

func scanBatchEvent(row pgx.CollectableRow) (BatchEvent, error) {
	var e BatchEvent
	var payload *string
	err := row.Scan(&e.EventID, &e.CreatedAt, &e.TransactionID, &e.RetryCount, &e.Type, &payload,
		&e.Extra1, &e.Extra2, &e.Extra3, &e.Extra4)
	e.Payload = toRaw(payload)
	return e, err
}

// FinishBatch closes the whole window, also what Receive has not returned of it: 1, or 0 when it is not open. Role
// pgque_reader.
func (o *Operations) FinishBatch(ctx context.Context, batchID int64) (int, error) {
	return scalar[int](ctx, o, `select pgque.finish_batch($1::bigint)`, batchID)
}

// EventRetry gives an event of an open batch back for a while, in whole seconds. Role pgque_reader.
func (o *Operations) EventRetry(ctx context.Context, batchID, eventID int64, after time.Duration) (int, error) {
	return scalar[int](ctx, o, `select pgque.event_retry($1::bigint, $2::bigint, $3::integer)`,
		batchID, eventID, int64(after.Seconds()))
}

// EventRetryAt is EventRetry until a time.
func (o *Operations) EventRetryAt(ctx context.Context, batchID, eventID int64, at time.Time) (int, error) {
	return scalar[int](ctx, o, `select pgque.event_retry($1::bigint, $2::bigint, $3::timestamptz)`, batchID, eventID, at)
}

// BatchRetry gives all events of an open batch back for a while, in whole seconds; how many. Role pgque_reader.
func (o *Operations) BatchRetry(ctx context.Context, batchID int64, after time.Duration) (int, error) {
	return scalar[int](ctx, o, `select pgque.batch_retry($1::bigint, $2::integer)`, batchID, int64(after.Seconds()))
}
