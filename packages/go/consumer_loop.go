package pgque

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// answerTimeout: a server that takes longer to say whether there is anything does not answer.
const answerTimeout = 10 * time.Second

// consumerLoop is the life of a consumer between its start and its stop; see ConsumerState.
type consumerLoop struct {
	client   *Client
	settings *consumerSettings
	handlers map[string]*handler
	stop     *stopping
	source   source
	session  *session
	watch    tickerWatch
	woken    chan struct{}
	log      *slog.Logger
	// Set by run.
	isEmpty bool

	mu sync.Mutex
	// now is what health gives, but what is asked for only then.
	now ConsumerHealth
	// askedAt is since when it waits for the server to say whether there is anything.
	askedAt time.Time
}

func newConsumerLoop(ctx context.Context, client *Client, settings *consumerSettings, handlers map[string]*handler) *consumerLoop {
	l := &consumerLoop{
		client: client, settings: settings, handlers: handlers, stop: newStopping(ctx),
		watch: tickerWatch{client: client, queue: settings.queue, log: settings.logger}, woken: make(chan struct{}, 1),
		log: settings.logger.With("queue", settings.queue, "consumer", settings.name),
		now: ConsumerHealth{State: StateIdle, Since: time.Now(), IsTicked: true},
	}
	l.session = &session{
		client: client, channel: "pgque_" + settings.queue, wake: l.wake, ended: make(chan struct{}),
	}
	if settings.member == "" {
		held := newPlace(settings.queue, settings.name, l.wake)
		l.session.duty, l.session.lease = held, settings.deadInterval
		l.source = &soleSource{client, settings, held, l.session}
	} else {
		beats := &heartbeat{
			queue: settings.queue, name: settings.name, member: settings.member, interval: settings.deadInterval / 3,
		}
		l.session.duty = beats
		l.source = &memberSource{client, settings, beats, l.session}
	}
	return l
}

func (l *consumerLoop) health() ConsumerHealth {
	l.mu.Lock()
	defer l.mu.Unlock()
	health := l.now
	health.IsHearing, health.IsTicked = l.session.hears(), l.watch.isTicked()
	isAnswered := l.askedAt.IsZero() || time.Since(l.askedAt) < answerTimeout
	switch health.State {
	case StateWaiting, StateWorking, StateStandingBy:
		health.IsHealthy = isAnswered && health.IsTicked
	}
	return health
}

// run works until the stop, or until nothing is left. The error is that of a start which was refused.
func (l *consumerLoop) run(untilEmpty bool) error {
	defer context.AfterFunc(l.client.closing, func() {
		l.log.Warn("the consumer ends at once, because its client was closed: stop it first")
		l.stop.end()
	})()
	l.enter(StateStarting)
	if err := l.join(); err != nil {
		l.note(err)
		l.enter(StateFailed)
		l.stop.end()
		return err
	}
	defer context.AfterFunc(l.stop.begun, func() { l.enter(StateStopping) })()
	listening, hangUp := context.WithCancel(l.stop.over)
	go l.session.run(listening)
	l.work(untilEmpty)
	l.enter(StateStopping)
	l.release()
	hangUp()
	select {
	case <-l.session.ended:
	case <-l.stop.over.Done():
	}
	l.stop.end()
	l.enter(StateStopped)
	return nil
}

// join fails when the start is refused, and returns nil when it has succeeded, or was stopped before.
func (l *consumerLoop) join() error {
	backoff := newPauses(100*time.Millisecond, 2*time.Second)
	for l.stop.begun.Err() == nil {
		l.ask()
		err := l.source.join(l.stop.over)
		if err == nil {
			l.noteAnswer()
			return nil
		}
		if l.stop.over.Err() != nil {
			return nil
		}
		if !isPassing(err) {
			return err
		}
		l.recover(err)
		backoff.wait(l.stop.begun)
	}
	return nil
}

func (l *consumerLoop) work(untilEmpty bool) {
	backoff := newPauses(100*time.Millisecond, 2*time.Second)
	for l.stop.begun.Err() == nil {
		l.ask()
		if !l.mayRead() {
			continue
		}
		handled, err := l.take()
		switch {
		case err != nil && l.stop.begun.Err() != nil:
			return
		case err != nil:
			l.recover(err)
			backoff.wait(l.stop.begun)
			continue
		}
		l.noteAnswer()
		backoff.reset()
		if handled > 0 {
			continue
		}
		if untilEmpty {
			l.isEmpty = true
			return
		}
		l.enter(StateWaiting)
		l.watch.look(l.stop.begun)
		l.wait(l.source.pollInterval(l.session.hears()))
	}
}

// mayRead waits a little when it is not this process that reads.
func (l *consumerLoop) mayRead() bool {
	// What rings from now on is not covered by the look that follows.
	select {
	case <-l.woken:
	default:
	}
	switch l.source.place() {
	case placeHeld, placeless:
		return true
	case placeUnknown:
		if err := l.session.failed(); err != nil {
			l.recover(err)
		}
	case placeTaken:
		l.noteAnswer()
		if l.enter(StateStandingBy) {
			l.log.Info("another process reads for this consumer; this one stands by (see WithAutoSubconsumer)")
		}
	}
	l.wait(200 * time.Millisecond)
	return false
}

func (l *consumerLoop) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

func (l *consumerLoop) wait(limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-l.woken:
	case <-timer.C:
	case <-l.stop.begun.Done():
	}
}

func (l *consumerLoop) release() {
	if l.stop.over.Err() != nil {
		return
	}
	if err := l.source.leave(l.stop.over); err != nil {
		l.log.Warn("the consumer could not take its leave of the server", "error", err)
	}
}

// ask notes that the server is asked, unless that has been noted.
func (l *consumerLoop) ask() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.askedAt.IsZero() {
		l.askedAt = time.Now()
	}
}

func (l *consumerLoop) noteAnswer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.LastAnswerAt, l.askedAt = time.Now(), time.Time{}
}

func (l *consumerLoop) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.LastError = err
}

// recover is told once in the log for each outage.
func (l *consumerLoop) recover(err error) {
	l.note(err)
	if l.stop.begun.Err() == nil && l.enter(StateRecovering) {
		l.log.Warn("the consumer cannot go on and tries again", "error", err)
	}
}

// enter reports whether the state has changed.
func (l *consumerLoop) enter(state ConsumerState) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.now.State
	if before == state || before == StateStopped || before == StateStopping && state != StateStopped {
		return false
	}
	if before == StateRecovering && state != StateStopping && state != StateFailed {
		l.log.Info("the consumer goes on")
	}
	l.now.State, l.now.Since = state, time.Now()
	return true
}

// isPassing reports whether an error may pass by itself: the server is away, full, read-only for now, or refuses because of
// what another process does. A queue that is missing, or a permission, somebody has to change first.
func isPassing(err error) bool {
	if IsRetryable(err) || isCode(err, ErrBatchOpen) {
		return true
	}
	state := sqlStateOf(err)
	if !isCode(err, ErrDatabaseError) {
		return false
	}
	for _, prefix := range []string{"25006", "53", "55", "57", "58", "XX"} {
		if strings.HasPrefix(state, prefix) {
			return true
		}
	}
	return false
}
