package pgque

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// DeadLetter is a message that was given up.
type DeadLetter struct {
	// ID is for DLQReplay.
	ID     int64
	DiedAt time.Time
	// Reason is empty when none was given.
	Reason string
	// Consumer is the one that gave it up.
	Consumer string
	MsgID    int64
	// CreatedAt is when it was sent.
	CreatedAt  time.Time
	RetryCount int
	// Type is empty where it is NULL in SQL.
	Type string
	// Payload is as in Message.
	Payload json.RawMessage
	// Extra1 to Extra4 are as in Message.
	Extra1, Extra2, Extra3, Extra4 *string
}

// Replayed is what DLQReplayAll has done.
type Replayed struct {
	Replayed, Failed int64
	// FirstError is empty when nothing failed.
	FirstError string
}

// DLQInspect returns the newest dead letters of a queue, at most limit of them, or 100 when that is 0. Role pgque_reader.
func (o *Operations) DLQInspect(ctx context.Context, queue string, limit int) ([]DeadLetter, error) {
	return many(ctx, o, scanDeadLetter, `
		select d.dl_id, d.dl_time, coalesce(d.dl_reason, ''), coalesce(d.consumer_name, ''), d.ev_id, d.ev_time,
			coalesce(d.ev_retry, 0), coalesce(d.ev_type, ''), d.ev_data, d.ev_extra1, d.ev_extra2, d.ev_extra3, d.ev_extra4
		from pgque.dlq_inspect($1::text, $2::integer) d`, queue, orDefault(limit, 100))
}

func scanDeadLetter(row pgx.CollectableRow) (DeadLetter, error) {
	var d DeadLetter
	var payload *string
	err := row.Scan(&d.ID, &d.DiedAt, &d.Reason, &d.Consumer, &d.MsgID, &d.CreatedAt, &d.RetryCount, &d.Type, &payload,
		&d.Extra1, &d.Extra2, &d.Extra3, &d.Extra4)
	d.Payload = toRaw(payload)
	return d, err
}

// DLQReplay sends a dead letter again, as a new event for every consumer, and removes it; returns the id of the event.
// ErrDeadLetterNotFound. Role pgque_writer.
func (o *Operations) DLQReplay(ctx context.Context, id int64) (int64, error) {
	return scalar[int64](ctx, o, `select pgque.dlq_replay($1::bigint)`, id)
}

// DLQReplayAll replays all dead letters of a queue: one that fails stays, and does not stop the others. Role pgque_writer.
func (o *Operations) DLQReplayAll(ctx context.Context, queue string) (Replayed, error) {
	return one(ctx, o, pgx.RowToStructByPos[Replayed],
		`select replayed, failed, coalesce(first_error, '') from pgque.dlq_replay_all($1::text)`, queue)
}

// DLQPurge deletes dead letters that are older; how many. The engine's default for SQL is 30 days. Role pgque_admin.
func (o *Operations) DLQPurge(ctx context.Context, queue string, olderThan time.Duration) (int, error) {
	return scalar[int](ctx, o, `select pgque.dlq_purge($1::text, $2::interval)`, queue, olderThan)
}

// EventDead makes one message of an open batch a dead letter: 1, or 0 when it is one already. Role pgque_admin.
func (o *Operations) EventDead(ctx context.Context, batchID, eventID int64, reason string) (int, error) {
	return scalar[int](ctx, o, `select pgque.event_dead($1::bigint, $2::bigint, $3::text)`,
		batchID, eventID, orNil(storableReason(reason)))
}
