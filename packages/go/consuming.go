package pgque

import "context"

// Subscribe begins a subscription with the newest tick: 1, or 0 when it is there already. Role pgque_reader.
//
// ErrQueueNotFound; ErrInvalidArgument for a name that cannot be one.
func (o *Operations) Subscribe(ctx context.Context, queue, consumer string) (int, error) {
	return scalar[int](ctx, o, `select pgque.subscribe($1::text, $2::text)`, queue, consumer)
}

// SubscribeAt is Subscribe from Latest, Earliest or AtTime. ErrPositionNotHeld when that is older than what is kept.
func (o *Operations) SubscribeAt(ctx context.Context, queue, consumer string, start Position) (int, error) {
	text, err := start.text()
	if err != nil {
		return 0, err
	}
	return scalar[int](ctx, o, `select pgque.subscribe($1::text, $2::text, $3::text)`, queue, consumer, text)
}

// Unsubscribe ends a subscription: 1, or 0 when there is none. With discardRetries its pending retries go too; without, they
// are ErrRetriesPending. Role pgque_reader.
func (o *Operations) Unsubscribe(ctx context.Context, queue, consumer string, discardRetries bool) (int, error) {
	return scalar[int](ctx, o, `select pgque.unsubscribe($1::text, $2::text, $3::boolean)`, queue, consumer, discardRetries)
}

const defaultMaxMessages = 100

// Receive opens a batch of at most maxMessages messages, or of 100 when that is 0, in the order of their ids; while it is
// open, it returns the same one again. No messages: nothing is left up to the newest tick. Role pgque_reader.
//
// ErrQueueNotFound, ErrConsumerNotRegistered; ErrConsumerIsCooperative when it has members.
func (o *Operations) Receive(ctx context.Context, queue, consumer string, maxMessages int) ([]Message, error) {
	return many(ctx, o, scanMessage, `select `+messageColumns+` from pgque.receive($1::text, $2::text, $3::integer) m`,
		queue, consumer, orDefault(maxMessages, defaultMaxMessages))
}

func orDefault(count, otherwise int) int {
	if count == 0 {
		return otherwise
	}
	return count
}

// Ack moves the consumer past the messages of the batch: 1, or 0 when it is not open, or no longer. Role pgque_reader.
func (o *Operations) Ack(ctx context.Context, batchID int64) (int, error) {
	return scalar[int](ctx, o, `select pgque.ack($1::bigint)`, batchID)
}

// Nack gives a message of an open batch back: it comes again after its delay, as often as the queue's max_retries says, and
// is a dead letter then. 1, or 0 when it was given back before. Role pgque_reader.
//
// ErrBatchNotFound, ErrMessageNotFound; ErrInvalidArgument for a delay that cannot be one.
func (o *Operations) Nack(ctx context.Context, batchID int64, message Message, options ...NackOption) (int, error) {
	nack := Nack{MsgID: message.MsgID}
	for _, option := range options {
		option(&nack)
	}
	return o.NackMany(ctx, batchID, []Nack{nack})
}

// NackMany is Nack for many messages of a batch in one statement. Returns how many were recorded now.
func (o *Operations) NackMany(ctx context.Context, batchID int64, nacks []Nack) (int, error) {
	return scalar[int](ctx, o, `select pgque.nack($1::bigint, $2::bigint[], $3::interval[], $4::text[], $5::boolean[])`,
		append([]any{batchID}, columnsOf(nacks)...)...)
}

// Settle is NackMany and Ack in one statement: what is not among the nacks is done. Returns what Ack does.
func (o *Operations) Settle(ctx context.Context, batchID int64, nacks []Nack) (int, error) {
	return scalar[int](ctx, o, `select pgque.settle($1::bigint, $2::bigint[], $3::interval[], $4::text[], $5::boolean[])`,
		append([]any{batchID}, columnsOf(nacks)...)...)
}

// Seek moves a consumer without an open batch forward or back; its retries stay. Returns the tick that it stands at. Role
// pgque_reader.
//
// ErrBatchOpen; ErrPositionNotHeld when the position is older than what is kept, or not there yet.
func (o *Operations) Seek(ctx context.Context, queue, consumer string, to Position) (int64, error) {
	if to.value == nil {
		return 0, invalidArgument("a position must be Latest, Earliest, AtTime or AtTick")
	}
	return scalar[int64](ctx, o, `select pgque.seek($1::text, $2::text, $3::`+to.sqlType+`)`, queue, consumer, to.value)
}
