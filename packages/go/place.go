package pgque

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const never = time.Duration(math.MaxInt64)

type placeState int

const (
	placeUnknown placeState = iota
	placeHeld
	placeTaken
	// placeless: there is no session to hold one, and everybody reads.
	placeless
)

// place lets one process at a time read a consumer that has no members. Two of them would get the same batch, and handle
// every message twice. The others stand by and take over: within a second when the first is gone, within the dead interval
// when it is silent. It rests on an advisory lock of the session, the same for clients of all languages.
type place struct {
	key  string
	wake func()

	mu      sync.Mutex
	state   placeState
	nextTry time.Time
	backoff *pauses
}

func newPlace(queue, name string, wake func()) *place {
	return &place{
		key:     "pgque consumer " + jsonText([]string{queue, name}),
		wake:    wake,
		backoff: newPauses(100*time.Millisecond, time.Second),
	}
}

// jsonText is JSON as JavaScript writes it, which does not escape what Go does.
func jsonText(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.NewReplacer("\\u2028", "\u2028", "\\u2029", "\u2029", "\n", "").Replace(out.String())
}

func (p *place) current() placeState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *place) opened(isOwn bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.nextTry = placeUnknown, time.Time{}
	if !isOwn {
		p.state = placeless
	}
	p.backoff.reset()
}

func (p *place) closed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != placeless {
		p.state = placeUnknown
	}
}

func (p *place) due() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == placeHeld {
		return never
	}
	return time.Until(p.nextTry)
}

func (p *place) act(ctx context.Context, conn *pgx.Conn) error {
	var isHeld bool
	err := conn.QueryRow(ctx, `select pg_try_advisory_lock(hashtextextended($1::text, 0))`, mode, p.key).Scan(&isHeld)
	if err != nil {
		return err
	}
	p.mu.Lock()
	before := p.state
	p.state = placeTaken
	if isHeld {
		p.state = placeHeld
	}
	p.nextTry = time.Now().Add(p.backoff.take())
	hasChanged := p.state != before
	p.mu.Unlock()
	if hasChanged {
		p.wake()
	}
	return nil
}

// heartbeat keeps the batch of a member alive while its handlers run, whatever they do.
type heartbeat struct {
	queue, name, member string
	interval            time.Duration

	mu     sync.Mutex
	last   time.Time
	onLost func()
	batch  int
}

// begin starts to beat; onLost is called when another member has the batch.
func (h *heartbeat) begin(onLost func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.batch++
	h.onLost, h.last = onLost, time.Now()
}

// end is called before the batch is settled: from here on a lost batch is found by settling.
func (h *heartbeat) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.onLost = nil
}

func (h *heartbeat) opened(bool) {}
func (h *heartbeat) closed()     {}

func (h *heartbeat) due() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.onLost == nil {
		return never
	}
	return h.interval - time.Since(h.last)
}

func (h *heartbeat) act(ctx context.Context, conn *pgx.Conn) error {
	h.mu.Lock()
	batch := h.batch
	h.mu.Unlock()
	touched, err := Using(conn).TouchSubconsumer(ctx, h.queue, h.name, h.member)
	// One that was silent for long is a member no more.
	if err != nil && !isCode(err, ErrConsumerNotRegistered) {
		return err
	}
	h.mu.Lock()
	h.last = time.Now()
	onLost := h.onLost
	isOfBatch := h.batch == batch
	h.mu.Unlock()
	if touched == 0 && isOfBatch && onLost != nil {
		onLost()
	}
	return nil
}
