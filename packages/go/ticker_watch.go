package pgque

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	watchInterval     = time.Minute
	lateWatchInterval = 5 * time.Second
)

// tickerWatch looks once a minute, while nothing comes, whether the newest tick is much older than the ticker's slowest pace,
// and warns once: a queue that nobody ticks looks like an empty one. From then on it looks more often.
type tickerWatch struct {
	client   *Client
	queue    string
	log      *slog.Logger
	lookedAt time.Time
	isLate   atomic.Bool
}

func (w *tickerWatch) isTicked() bool { return !w.isLate.Load() }

// note: there was a message, and so a tick.
func (w *tickerWatch) note() { w.isLate.Store(false) }

// look fails silently: a server that does not answer is somebody else's concern.
func (w *tickerWatch) look(ctx context.Context) {
	interval := watchInterval
	if w.isLate.Load() {
		interval = lateWatchInterval
	}
	if time.Since(w.lookedAt) < interval {
		return
	}
	w.lookedAt = time.Now()
	infos, err := w.client.GetQueueInfo(ctx, w.queue)
	if err != nil || len(infos) == 0 {
		return
	}
	info := infos[0]
	isLate := !info.TickerPaused && !info.ExternalTicker && info.TickerLag > info.TickerIdlePeriod+watchInterval
	if isLate && !w.isLate.Load() {
		w.log.Warn("nothing ticks this queue, so nothing is delivered: run a ticker, or pgque.start() with pg_cron",
			"queue", w.queue, "ticker_lag", info.TickerLag)
	}
	w.isLate.Store(isLate)
}
