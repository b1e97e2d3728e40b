package pgque

import (
	"context"
	"errors"
	"time"
)

var errStopped = errors.New("the consumer stops")

// stopping are the three steps of a stop, each a context that ends: take no more, give handlers up, give everything up.
type stopping struct {
	begun, abandoned, over context.Context
	take, abandon, end     context.CancelFunc
}

// newStopping keeps the values of ctx, and not its end.
func newStopping(ctx context.Context) *stopping {
	s := &stopping{}
	s.over, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.abandoned, s.abandon = context.WithCancel(s.over)
	s.begun, s.take = context.WithCancel(s.abandoned)
	return s
}

// begin ends everything within this time; its last fifth, two seconds at most, is for the server. Of several calls the
// shortest time counts.
func (s *stopping) begin(limit time.Duration) {
	s.take()
	last := min(2*time.Second, limit/5)
	abandoning := time.AfterFunc(limit-last, s.abandon)
	ending := time.AfterFunc(limit, s.end)
	context.AfterFunc(s.over, func() {
		abandoning.Stop()
		ending.Stop()
	})
}

// pause waits, and ends early with the context.
func pause(ctx context.Context, duration time.Duration) {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
