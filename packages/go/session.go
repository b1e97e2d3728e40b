package pgque

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	probeTimeout = 2 * time.Second
	deafRetry    = time.Minute
	pingInterval = 30 * time.Second
	pingTimeout  = 5 * time.Second
	closingTime  = 500 * time.Millisecond
)

// errDeaf: notifications from other connections do not arrive, so the connection is no session of the server.
var errDeaf = errors.New("notifications do not arrive")

// duty is what a consumer does on its session, beside listening. due and act are called by the session alone.
type duty interface {
	// opened is told of each new connection. isOwn is whether it is a session of the server, and not one that a pooler lends
	// for a transaction: there a lock would stay with the pooler when its process is gone.
	opened(isOwn bool)
	// closed is told when it is gone.
	closed()
	// due is the time until act is called.
	due() time.Duration
	act(ctx context.Context, conn *pgx.Conn) error
}

// session is one connection of a consumer's own. It listens for ticks, does its duty and what it is asked to, gives the
// server signs of life, and is opened again for as long as the consumer lives. Listening only shortens a wait: each
// connection is proven by a notification from another one, and whoever waits is woken when it comes and when it goes.
type session struct {
	client  *Client
	channel string
	// lease is after how long a silence the server ends the session; zero is never.
	lease time.Duration
	duty  duty
	wake  func()
	ended chan struct{}

	mu        sync.Mutex
	interrupt context.CancelFunc
	requests  []request
	isNudged  bool
	isOpen    bool
	isHearing bool
	isWarned  bool
	// failure is what keeps it from being open.
	failure error
}

type request struct {
	ctx  context.Context
	run  func(ctx context.Context, conn *pgx.Conn) error
	done chan error
}

// hears reports whether notifications arrive.
func (s *session) hears() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isHearing
}

// failed gives what keeps the session from being open; nil while nothing does.
func (s *session) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// nudge lets the session look anew at when its duty is due.
func (s *session) nudge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isNudged = true
	if s.interrupt != nil {
		s.interrupt()
	}
}

// do runs something on the connection. When its context ends meanwhile, the connection is gone.
func (s *session) do(ctx context.Context, run func(ctx context.Context, conn *pgx.Conn) error) error {
	asked := request{ctx, run, make(chan error, 1)}
	s.mu.Lock()
	if !s.isOpen {
		s.mu.Unlock()
		return &Error{Code: ErrConnectionLost, Message: "the session of the consumer is not open"}
	}
	s.requests = append(s.requests, asked)
	if s.interrupt != nil {
		s.interrupt()
	}
	s.mu.Unlock()
	select {
	case err := <-asked.done:
		return err
	case <-ctx.Done():
		return fromDriver(ctx, ctx.Err())
	}
}

// run lives until the context ends.
func (s *session) run(ctx context.Context) {
	defer close(s.ended)
	backoff := newPauses(100*time.Millisecond, 2*time.Second)
	for ctx.Err() == nil {
		err := s.serve(ctx, backoff)
		s.drop(err)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, errDeaf):
			pause(ctx, deafRetry)
		default:
			s.mu.Lock()
			s.failure = fromDriver(ctx, err)
			s.mu.Unlock()
			backoff.wait(ctx)
		}
	}
}

// serve opens a connection and stays until it is gone.
func (s *session) serve(ctx context.Context, backoff *pauses) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	isOwn, err := s.prove(ctx, conn)
	if err != nil {
		return err
	}
	if isOwn {
		if err := s.settleDown(ctx, conn); err != nil {
			return err
		}
	} else {
		s.warnDeaf()
	}
	s.open(isOwn)
	if !isOwn && s.lease > 0 {
		return errDeaf
	}
	backoff.reset()
	return s.attend(ctx, conn)
}

// attend waits for notifications, and between them does what is to be done.
func (s *session) attend(ctx context.Context, conn *pgx.Conn) error {
	interval := pingInterval
	if s.lease > 0 {
		interval = min(interval, s.lease/3)
	}
	lastWord := time.Now()
	for ctx.Err() == nil {
		if err := s.wait(ctx, conn, min(interval-time.Since(lastWord), s.duty.due())); err != nil {
			return err
		}
		hasSpoken, err := s.answer(conn)
		if err != nil {
			return err
		}
		if s.duty.due() <= 0 {
			hasSpoken = true
			if err := within(ctx, pingTimeout, func(ctx context.Context) error { return s.duty.act(ctx, conn) }); err != nil {
				return err
			}
		}
		if time.Since(lastWord) >= interval {
			hasSpoken = true
			if err := within(ctx, pingTimeout, conn.Ping); err != nil {
				return err
			}
		}
		if hasSpoken {
			lastWord = time.Now()
		}
	}
	return ctx.Err()
}

// wait returns at a notification, a request, a nudge, or when the time is over.
func (s *session) wait(ctx context.Context, conn *pgx.Conn, limit time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, max(0, limit))
	defer cancel()
	s.mu.Lock()
	isAsked := len(s.requests) > 0 || s.isNudged
	s.isNudged = false
	s.interrupt = cancel
	s.mu.Unlock()
	if isAsked || limit <= 0 {
		return nil
	}
	notification, err := conn.WaitForNotification(limited)
	s.mu.Lock()
	s.interrupt = nil
	s.mu.Unlock()
	switch {
	case err == nil:
		if notification.Channel == s.channel {
			s.wake()
		}
		return nil
	case conn.IsClosed() || limited.Err() == nil:
		return err
	}
	return nil
}

// answer runs what was asked for, and reports whether there was anything.
func (s *session) answer(conn *pgx.Conn) (bool, error) {
	s.mu.Lock()
	asked := s.requests
	s.requests = nil
	s.mu.Unlock()
	for at, each := range asked {
		err := each.run(each.ctx, conn)
		each.done <- err
		if conn.IsClosed() {
			s.mu.Lock()
			s.requests = append(asked[at+1:], s.requests...)
			s.mu.Unlock()
			return true, &Error{Code: ErrConnectionLost, Message: "the session broke", Err: err}
		}
	}
	return len(asked) > 0, nil
}

func (s *session) open(isOwn bool) {
	s.mu.Lock()
	s.isOpen, s.isHearing, s.failure = isOwn || s.lease == 0, isOwn, nil
	s.mu.Unlock()
	s.duty.opened(isOwn)
	s.wake()
}

// drop fails what was asked for and not done.
func (s *session) drop(err error) {
	s.mu.Lock()
	asked := s.requests
	s.isOpen, s.isHearing, s.requests = false, false, nil
	s.mu.Unlock()
	s.duty.closed()
	for _, each := range asked {
		each.done <- &Error{Code: ErrConnectionLost, Message: "the session of the consumer was lost", Err: err}
	}
	s.wake()
}

func within(ctx context.Context, limit time.Duration, run func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return run(limited)
}
