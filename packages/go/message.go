package pgque

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// Message is what Receive returns.
type Message struct {
	// MsgID is the id that Send returned. It is the same in each delivery.
	MsgID int64
	// BatchID is the batch it belongs to; the same for all messages of one Receive.
	BatchID int64
	// Type is empty where it is NULL in SQL.
	Type string
	// Payload is the text as it is stored; nil where it is NULL in SQL. What was sent from SQL may be no JSON.
	Payload json.RawMessage
	// RetryCount says how often it was given back before; 0 on the first delivery.
	RetryCount int
	// CreatedAt is when it was sent.
	CreatedAt time.Time
	// Extra1 to Extra4 are what travels beside the payload; nil where there is nothing.
	Extra1, Extra2, Extra3, Extra4 *string
}

// Decode stores the payload in what target points to, as json.Unmarshal does. A payload that is NULL in SQL is an error, as
// one that is no JSON is.
func (m Message) Decode(target any) error {
	return json.Unmarshal(m.Payload, target)
}

// Attempt is 1 on the first delivery, 2 on the next.
func (m Message) Attempt() int { return m.RetryCount + 1 }

const messageColumns = `m.msg_id, m.batch_id, coalesce(m.type, ''), m.payload, coalesce(m.retry_count, 0),
	m.created_at, m.extra1, m.extra2, m.extra3, m.extra4`

func scanMessage(row pgx.CollectableRow) (Message, error) {
	var m Message
	var payload *string
	err := row.Scan(&m.MsgID, &m.BatchID, &m.Type, &payload, &m.RetryCount, &m.CreatedAt,
		&m.Extra1, &m.Extra2, &m.Extra3, &m.Extra4)
	m.Payload = toRaw(payload)
	return m, err
}

func toRaw(text *string) json.RawMessage {
	if text == nil {
		return nil
	}
	return json.RawMessage(*text)
}

// Nack is a message that is given back.
type Nack struct {
	MsgID int64
	// RetryAfter is how long until it is delivered again; nil is 60 seconds. See After.
	RetryAfter *time.Duration
	// Reason is kept with the dead letter, at once or when it was retried often enough.
	Reason string
	// Dead is whether it goes to the dead letters now instead of being retried.
	Dead bool
}

// After is for Nack.RetryAfter.
func After(delay time.Duration) *time.Duration { return &delay }

// NackOption is an option of Nack.
type NackOption func(*Nack)

// RetryAfter delivers the message again after this delay. The default is 60 seconds.
func RetryAfter(delay time.Duration) NackOption {
	return func(n *Nack) { n.RetryAfter = &delay }
}

// Reason is kept with the dead letter that the message becomes. The default is none.
func Reason(reason string) NackOption {
	return func(n *Nack) { n.Reason = reason }
}

// Dead puts the message to the dead letters at once. The default is to retry it.
func Dead() NackOption {
	return func(n *Nack) { n.Dead = true }
}

// columnsOf are nacks as the engine wants them: ids, delays, reasons, dead.
func columnsOf(nacks []Nack) []any {
	ids, delays := make([]int64, len(nacks)), make([]*time.Duration, len(nacks))
	reasons, dead := make([]*string, len(nacks)), make([]bool, len(nacks))
	for at, nack := range nacks {
		ids[at], delays[at], dead[at] = nack.MsgID, nack.RetryAfter, nack.Dead
		if nack.Reason != "" {
			reason := storableReason(nack.Reason)
			reasons[at] = &reason
		}
	}
	return []any{ids, delays, reasons, dead}
}
