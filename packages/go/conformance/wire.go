package main

import (
	"encoding/json"
	"strings"
	"time"

	pgque "github.com/NikolayS/pgque-go"
)

// arguments are those of all ops; what is absent is zero.
type arguments struct {
	Tx string `json:"tx"`

	Protocol       int      `json:"protocol"`
	URL            string   `json:"url"`
	DirectURL      string   `json:"direct_url"`
	QueryTimeoutMs *float64 `json:"query_timeout_ms"`

	Queue       string          `json:"queue"`
	Consumer    string          `json:"consumer"`
	Subconsumer string          `json:"subconsumer"`
	Type        *string         `json:"type"`
	Payload     json.RawMessage `json:"payload"`
	Data        *string         `json:"data"`
	Extra1      *string         `json:"extra1"`
	Extra2      *string         `json:"extra2"`
	Extra3      *string         `json:"extra3"`
	Extra4      *string         `json:"extra4"`
	Events      []eventOnWire   `json:"events"`
	DeliverAt   *time.Time      `json:"deliver_at"`
	DelayMs     *float64        `json:"delay_ms"`
	ID          int64           `json:"id,string"`

	StartAt        string         `json:"start_at"`
	To             string         `json:"to"`
	DiscardRetries bool           `json:"discard_retries"`
	MaxMessages    int            `json:"max_messages"`
	BatchID        int64          `json:"batch_id,string"`
	EventID        int64          `json:"event_id,string"`
	Nacks          []nackOnWire   `json:"nacks"`
	MsgID          int64          `json:"msg_id,string"`
	RetryAfterMs   *float64       `json:"retry_after_ms"`
	RetryAfter     float64        `json:"retry_after_seconds"`
	Reason         string         `json:"reason"`
	Dead           bool           `json:"dead"`
	Limit          int            `json:"limit"`
	OlderThanMs    *float64       `json:"older_than_ms"`
	ConvertNormal  bool           `json:"convert_normal"`
	BatchHandling  int            `json:"batch_handling"`
	Config         map[string]any `json:"config"`
	Force          bool           `json:"force"`
	Size           int            `json:"size"`
	FailOnPage     int            `json:"fail_on_page"`

	Text   string   `json:"text"`
	Values []string `json:"values"`

	Handle               string   `json:"handle"`
	Name                 string   `json:"name"`
	Types                []string `json:"types"`
	Mode                 string   `json:"mode"`
	Concurrency          int      `json:"concurrency"`
	OrderBy              string   `json:"order_by"`
	Member               string   `json:"member"`
	DeadIntervalMs       *float64 `json:"dead_interval_ms"`
	RetryMs              *float64 `json:"retry_ms"`
	MaxAttempts          int      `json:"max_attempts"`
	UnknownHandlerPolicy string   `json:"unknown_handler_policy"`
	PollIntervalMs       *float64 `json:"poll_interval_ms"`
	IdlePollIntervalMs   *float64 `json:"idle_poll_interval_ms"`
	StopTimeoutMs        *float64 `json:"stop_timeout_ms"`
	TimeoutMs            *float64 `json:"timeout_ms"`

	Call  string   `json:"call"`
	Do    string   `json:"do"`
	Ms    *float64 `json:"ms"`
	Query string   `json:"query"`
}

type eventOnWire struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
	Extra1  *string         `json:"extra1"`
}

type nackOnWire struct {
	MsgID        int64    `json:"msg_id,string"`
	RetryAfterMs *float64 `json:"retry_after_ms"`
	Reason       string   `json:"reason"`
	Dead         bool     `json:"dead"`
}

func (a arguments) event() pgque.Event {
	event := pgque.Event{Payload: a.Payload, Extra1: a.Extra1, Extra2: a.Extra2, Extra3: a.Extra3, Extra4: a.Extra4}
	if a.Type != nil {
		event.Type = *a.Type
	}
	return event
}

func nacksOf(nacks []nackOnWire) []pgque.Nack {
	var out []pgque.Nack
	for _, each := range nacks {
		nack := pgque.Nack{MsgID: each.MsgID, Reason: each.Reason, Dead: each.Dead}
		if each.RetryAfterMs != nil {
			nack.RetryAfter = pgque.After(milliseconds(*each.RetryAfterMs))
		}
		out = append(out, nack)
	}
	return out
}

// settingsOf are named as in SQL, durations with _ms at the end.
func settingsOf(config map[string]any) pgque.Settings {
	settings := pgque.Settings{}
	for name, value := range config {
		number, isNumber := value.(json.Number)
		if short, isDuration := strings.CutSuffix(name, "_ms"); isDuration {
			name = short
			if isNumber {
				count, _ := number.Float64()
				value = milliseconds(count)
			}
		}
		settings[name] = value
	}
	return settings
}

func position(text string) (pgque.Position, error) {
	switch text {
	case "latest":
		return pgque.Latest(), nil
	case "earliest":
		return pgque.Earliest(), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return pgque.AtTime(at), nil
	}
	var tick int64
	err := json.Unmarshal([]byte(text), &tick)
	return pgque.AtTick(tick), err
}

func messageOf(m pgque.Message) object {
	return object{
		"msg_id": strconv(m.MsgID), "batch_id": strconv(m.BatchID), "type": orNull(m.Type), "payload": jsonOf(m.Payload),
		"raw_payload": textOf(m.Payload), "retry_count": countOf(m.RetryCount),
		"created_at": m.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"),
		"extra1":     m.Extra1, "extra2": m.Extra2, "extra3": m.Extra3, "extra4": m.Extra4,
	}
}

func messagesOf(messages []pgque.Message) []object {
	out := []object{}
	for _, message := range messages {
		out = append(out, messageOf(message))
	}
	return out
}

// jsonOf is the value, or, where the text is no JSON, the text itself.
func jsonOf(payload json.RawMessage) any {
	if payload != nil && !json.Valid(payload) {
		return string(payload)
	}
	return payload
}

func textOf(payload json.RawMessage) any {
	if payload == nil {
		return nil
	}
	return string(payload)
}

func countOf(retryCount int) any {
	if retryCount == 0 {
		return nil
	}
	return retryCount
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// strconv is an id as it goes over the wire.
func strconv(id int64) string { return string(mustJSON(id)) }

func mustJSON(value any) []byte {
	text, _ := json.Marshal(value)
	return text
}

func idOrNull(id *int64) any {
	if id == nil {
		return nil
	}
	return strconv(*id)
}

func idsOf(ids []int64) []string {
	out := []string{}
	for _, id := range ids {
		out = append(out, strconv(id))
	}
	return out
}
