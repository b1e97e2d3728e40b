package pgque

import (
	"context"
	"time"
)

// Send sends an event and returns its id. Role pgque_writer.
//
// ErrQueueNotFound; ErrInsertDisallowed when the queue takes nothing; ErrInvalidArgument for a payload without JSON form.
func (o *Operations) Send(ctx context.Context, queue string, event Event) (int64, error) {
	out, err := toOutgoing(event)
	if err != nil {
		return 0, err
	}
	if out.hasExtras(0) {
		return o.InsertEvent(ctx, queue, &out.kind, &out.payload, out.extras[:]...)
	}
	return scalar[int64](ctx, o, `select pgque.send($1::text, $2::text, $3::text)`, queue, out.kind, out.payload)
}

// SendBatch sends events of one type in one statement, and returns their ids in the order of the payloads; see Event.Payload
// for what those may be. Errors are those of Send, and then nothing is sent. Role pgque_writer.
func (o *Operations) SendBatch(ctx context.Context, queue, eventType string, payloads []any) ([]int64, error) {
	events := make([]Event, len(payloads))
	for at, payload := range payloads {
		events[at] = Event{Type: eventType, Payload: payload}
	}
	return o.SendEvents(ctx, queue, events)
}

// SendEvents is SendBatch for events of different types. Of the extras they may have the first only: ErrInvalidArgument.
func (o *Operations) SendEvents(ctx context.Context, queue string, events []Event) ([]int64, error) {
	types, payloads, extras := make([]string, len(events)), make([]string, len(events)), make([]*string, len(events))
	isUniform := len(events) > 0
	for at, event := range events {
		out, err := toOutgoing(event)
		if err != nil {
			return nil, err
		}
		if out.hasExtras(1) {
			return nil, invalidArgument("in a batch an event can have Extra1 only")
		}
		types[at], payloads[at], extras[at] = out.kind, out.payload, out.extras[0]
		isUniform = isUniform && types[at] == types[0] && extras[at] == nil
	}
	if isUniform {
		return scalar[[]int64](ctx, o, `select pgque.send_batch($1::text, $2::text, $3::text[])`, queue, types[0], payloads)
	}
	return scalar[[]int64](ctx, o, `select pgque.send_batch($1::text, $2::text[], $3::text[], $4::text[])`,
		queue, types, payloads, extras)
}

// SendAt sends an event that is delivered at a time; one that is past is now. It has no extras: ErrInvalidArgument. Returns an
// id for Cancel. Role pgque_writer.
func (o *Operations) SendAt(ctx context.Context, queue string, event Event, deliverAt time.Time) (int64, error) {
	return o.sendLater(ctx, queue, event, "timestamptz", deliverAt)
}

// SendAfter is SendAt with a delay from now.
func (o *Operations) SendAfter(ctx context.Context, queue string, event Event, delay time.Duration) (int64, error) {
	return o.sendLater(ctx, queue, event, "interval", delay)
}

func (o *Operations) sendLater(ctx context.Context, queue string, event Event, sqlType string, when any) (int64, error) {
	out, err := toOutgoing(event)
	if err != nil {
		return 0, err
	}
	if out.hasExtras(0) {
		return 0, invalidArgument("an event that is sent later can have no extras")
	}
	return scalar[int64](ctx, o, `select pgque.send_at($1::text, $2::text, $3::text, $4::`+sqlType+`)`,
		queue, out.kind, out.payload, when)
}

// Cancel reports whether because of it the event of SendAt will not be delivered. Role pgque_writer.
func (o *Operations) Cancel(ctx context.Context, id int64) (bool, error) {
	return scalar[bool](ctx, o, `select pgque.cancel($1::bigint)`, id)
}

// InsertEvent is PgQ's way to send: type and data are texts, or nil for NULL, and stored as they are. At most four extras:
// ErrInvalidArgument. Role pgque_writer.
func (o *Operations) InsertEvent(ctx context.Context, queue string, eventType, data *string, extras ...*string) (int64, error) {
	if len(extras) > 4 {
		return 0, invalidArgument("an event has four extras at most")
	}
	texts := append([]*string{eventType, data}, extras...)
	if err := requireStorable(texts...); err != nil {
		return 0, err
	}
	args := []any{queue, nil, nil, nil, nil, nil, nil}
	for at, text := range texts {
		args[at+1] = text
	}
	return scalar[int64](ctx, o,
		`select pgque.insert_event($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)`, args...)
}
