package pgque

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// QueueConfig are the settings of a queue.
type QueueConfig struct {
	// TickerMaxCount is after how many events a tick is due.
	TickerMaxCount int
	// TickerMaxLag is after how long a tick is due when there are events.
	TickerMaxLag time.Duration
	// TickerIdlePeriod is after how long a tick is due when there are none.
	TickerIdlePeriod time.Duration
	// TickerPaused: the queue is not ticked; events are kept.
	TickerPaused bool
	// ExternalTicker: ticks come from elsewhere, by ExternalTick.
	ExternalTicker bool
	// RotationPeriod is the time between rotations of the event log.
	RotationPeriod time.Duration
	// MaxRetries is how many redeliveries a message gets before it is a dead letter.
	MaxRetries int
	// MaxConsumerLag is how long a consumer may have something to read before rotation moves it past what it holds, whose
	// events are lost to it; nil is never.
	MaxConsumerLag *time.Duration
	// DisableInsert: nothing can be sent.
	DisableInsert bool
}

// Settings changes settings of a queue, by their names in SQL: ticker_max_count, ticker_max_lag, ticker_idle_period,
// ticker_paused, external_ticker, rotation_period, max_retries, max_consumer_lag, disable_insert. A value is a number, a bool,
// a time.Duration, a text as SQL takes it, or nil, which sets the default again.
type Settings map[string]any

// texts are names and values in the order of the names.
func (s Settings) texts() ([]string, []*string, error) {
	names := make([]string, 0, len(s))
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	values := make([]*string, len(names))
	for at, name := range names {
		text, err := settingText(s[name])
		if err != nil {
			return nil, nil, err
		}
		values[at] = text
	}
	return names, values, nil
}

func settingText(value any) (*string, error) {
	var text string
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		text = v
	case time.Duration:
		text = fmt.Sprintf("%d microseconds", v.Microseconds())
	case bool:
		text = strconv.FormatBool(v)
	default:
		encoded, err := json.Marshal(v)
		if err != nil {
			return nil, &Error{Code: ErrInvalidArgument, Message: "a setting cannot be a " + fmt.Sprintf("%T", v), Err: err}
		}
		text = string(encoded)
	}
	return &text, nil
}

// CreateQueue creates a queue, with settings unless they are nil: 1, or 0 when it was there, and then nothing is changed. Role
// pgque_admin.
//
// ErrInvalidQueueName when it is empty or longer than 57 bytes; ErrInvalidQueueConfig for a setting that is none.
func (o *Operations) CreateQueue(ctx context.Context, queue string, settings Settings) (int, error) {
	names, values, err := settings.texts()
	if err != nil {
		return 0, err
	}
	return scalar[int](ctx, o, `select pgque.create_queue($1::text, jsonb_object($2::text[], $3::text[]))`,
		queue, names, values)
}

// SetQueueConfig changes settings of a queue, all or none. ErrInvalidQueueConfig. Role pgque_admin.
func (o *Operations) SetQueueConfig(ctx context.Context, queue string, settings Settings) error {
	names, values, err := settings.texts()
	if err != nil {
		return err
	}
	return o.run(ctx, `
		select pgque.set_queue_config($1::text, c.param, c.value)
		from unnest($2::text[], $3::text[]) with ordinality c (param, value, position) order by c.position`,
		queue, names, values)
}

// GetQueueConfig returns the settings of a queue. ErrQueueNotFound. Role pgque_reader.
func (o *Operations) GetQueueConfig(ctx context.Context, queue string) (QueueConfig, error) {
	return one(ctx, o, scanQueueConfig, `
		select (c ->> 'ticker_max_count')::bigint, extract(epoch from (c ->> 'ticker_max_lag')::interval)::float8,
			extract(epoch from (c ->> 'ticker_idle_period')::interval)::float8, (c ->> 'ticker_paused')::boolean,
			(c ->> 'external_ticker')::boolean, extract(epoch from (c ->> 'rotation_period')::interval)::float8,
			(c ->> 'max_retries')::bigint, extract(epoch from (c ->> 'max_consumer_lag')::interval)::float8,
			(c ->> 'disable_insert')::boolean
		from pgque.get_queue_config($1::text) c`, queue)
}

func scanQueueConfig(row pgx.CollectableRow) (QueueConfig, error) {
	var c QueueConfig
	var maxLag, idlePeriod, rotation seconds
	var maxConsumerLag *float64
	err := row.Scan(&c.TickerMaxCount, &maxLag, &idlePeriod, &c.TickerPaused, &c.ExternalTicker, &rotation, &c.MaxRetries,
		&maxConsumerLag, &c.DisableInsert)
	c.TickerMaxLag, c.TickerIdlePeriod = maxLag.duration(), idlePeriod.duration()
	c.RotationPeriod, c.MaxConsumerLag = rotation.duration(), durationOrNil(maxConsumerLag)
	return c, err
}
