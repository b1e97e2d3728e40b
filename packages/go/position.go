package pgque

import "time"

// Position is where a consumer begins, or is moved to.
type Position struct {
	sqlType string
	value   any
}

// Latest is the newest tick: what is sent from now on.
func Latest() Position { return Position{"text", "latest"} }

// Earliest is all that is still held.
func Earliest() Position { return Position{"text", "earliest"} }

// AtTime is what was sent at this time or later.
func AtTime(at time.Time) Position { return Position{"timestamptz", at} }

// AtTick is behind this tick.
func AtTick(tickID int64) Position { return Position{"bigint", tickID} }

// text is the position as subscribe takes it.
func (p Position) text() (string, error) {
	switch at := p.value.(type) {
	case string:
		return at, nil
	case time.Time:
		return at.UTC().Format(time.RFC3339Nano), nil
	}
	return "", invalidArgument("a subscription begins at the latest or earliest, or at a time; see RegisterConsumerAt for ticks")
}
