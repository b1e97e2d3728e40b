package pgque

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// HandlerFunc handles a message: it is done when it returns nil, and comes back when it returns an error, or panics. The
// context ends when the handler has no time left: at its timeout, at the end of a stop, or when another process has the
// message now. What it does afterwards does not count.
type HandlerFunc func(ctx context.Context, message Message) error

// TxHandlerFunc is a HandlerFunc with the transaction that also acknowledges the message. It must not end it.
type TxHandlerFunc func(ctx context.Context, tx pgx.Tx, message Message) error

type handler struct {
	handle   HandlerFunc
	handleTx TxHandlerFunc
	retry    RetryPolicy
	timeout  time.Duration
}

// Consumer receives the messages of a queue, runs a handler for each, and stores what became of it. Register handlers first,
// then Start or Drain it, once.
//
// A batch is acknowledged only when each of its messages has an outcome, in one statement that also gives back what is not
// done, and the next is received only when that is stored. Whatever the server does, the consumer goes on: it tries again
// with growing pauses, and says so in the log.
type Consumer struct {
	client   *Client
	settings consumerSettings
	handlers map[string]*handler

	mu sync.Mutex
	// What was wrong with the handlers; told at the start.
	mistake error
	loop    *consumerLoop
	ended   chan struct{}
}

// NewConsumer makes a consumer of a queue. Each name sees every event; processes of one name do the work of one, of whom one
// reads and the others stand by unless they are members.
func (c *Client) NewConsumer(queue, name string, options ...ConsumerOption) *Consumer {
	settings := defaultConsumerSettings(queue, name, c.logger)
	for _, option := range options {
		option.applyToConsumer(&settings)
	}
	return &Consumer{client: c, settings: settings, handlers: map[string]*handler{}, mistake: settings.check()}
}

// Handle registers the handler for a type of event, or with "*" that for all types which no other handler takes. One handler
// for each type: a second one makes the start fail, with ErrInvalidArgument.
func (c *Consumer) Handle(eventType string, handle HandlerFunc, options ...HandlerOption) {
	c.add(eventType, &handler{handle: handle}, options)
}

// HandleTx is Handle for a consumer with WithExactlyOnce.
func (c *Consumer) HandleTx(eventType string, handle TxHandlerFunc, options ...HandlerOption) {
	c.add(eventType, &handler{handleTx: handle}, options)
}

func (c *Consumer) add(eventType string, added *handler, options []HandlerOption) {
	c.mu.Lock()
	defer c.mu.Unlock()
	added.retry, added.timeout = c.settings.retry, c.settings.handlerTimeout
	for _, option := range options {
		option.applyToHandler(added)
	}
	var mistake error
	switch {
	case c.loop != nil:
		mistake = c.started()
	case c.handlers[eventType] != nil:
		mistake = invalidArgument("there is a handler for %q already", eventType)
	case added.handle == nil && added.handleTx == nil:
		mistake = invalidArgument("the handler for %q is nil", eventType)
	case added.handleTx != nil && !c.settings.isExactlyOnce:
		mistake = invalidArgument("HandleTx needs WithExactlyOnce: without it there is no transaction")
	}
	if mistake != nil {
		c.mistake = errors.Join(c.mistake, mistake)
		return
	}
	c.handlers[eventType] = added
}

// Start consumes until the context ends, and returns nil when it has stopped: it takes no more messages, waits for the
// handlers that run, and stores what they did. Handlers that are not done in time are given up, and their messages come
// again. All of it takes no longer than WithStopTimeout says.
//
// It returns an error when the start is refused, by what no retry will change: ErrQueueNotFound, ErrConsumerNotRegistered
// without WithStartAt, ErrPermissionDenied, ErrEngineNotInstalled, ErrInvalidArgument, ErrNoHandlers, ErrAlreadyStarted.
func (c *Consumer) Start(ctx context.Context) error {
	loop, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer close(c.ended)
	defer context.AfterFunc(ctx, func() { loop.stop.begin(c.settings.stopTimeout) })()
	return loop.run(false)
}

// Drain works until nothing is left up to the newest tick, stops, and returns how many messages were handled. When its
// context ends before, it stops within a second, and returns ErrDrainTimeout. Errors are those of Start.
func (c *Consumer) Drain(ctx context.Context) (int, error) {
	loop, err := c.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer close(c.ended)
	defer context.AfterFunc(ctx, func() { loop.stop.begin(min(time.Second, c.settings.stopTimeout)) })()
	err = loop.run(true)
	health := loop.health()
	if err == nil && !loop.isEmpty && ctx.Err() != nil {
		err = &Error{Code: ErrDrainTimeout, Message: "the queue was not empty in time", Err: ctx.Err()}
	}
	return health.Acked + health.Retried + health.Dead, err
}

// Stop does what the end of Start's context does, within the time that ctx has left if that is shorter than WithStopTimeout. It
// returns when the consumer has stopped, or with ErrCanceled when ctx ends before.
func (c *Consumer) Stop(ctx context.Context) error {
	c.mu.Lock()
	loop, ended := c.loop, c.ended
	c.mu.Unlock()
	if loop == nil {
		return nil
	}
	limit := c.settings.stopTimeout
	if deadline, hasDeadline := ctx.Deadline(); hasDeadline {
		limit = min(limit, max(0, time.Until(deadline)))
	}
	loop.stop.begin(limit)
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fromDriver(ctx, ctx.Err())
	}
}

// Health says what the consumer is doing.
func (c *Consumer) Health() ConsumerHealth {
	c.mu.Lock()
	loop := c.loop
	c.mu.Unlock()
	if loop == nil {
		return ConsumerHealth{State: StateIdle, IsTicked: true}
	}
	return loop.health()
}

func (c *Consumer) begin(ctx context.Context) (*consumerLoop, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.loop != nil:
		return nil, c.started()
	case c.mistake != nil:
		return nil, c.mistake
	case len(c.handlers) == 0:
		return nil, &Error{Code: ErrNoHandlers, Message: "the consumer " + c.settings.name + " has no handlers"}
	}
	c.ended = make(chan struct{})
	c.loop = newConsumerLoop(ctx, c.client, &c.settings, c.handlers)
	return c.loop, nil
}

func (c *Consumer) started() error {
	return &Error{Code: ErrAlreadyStarted, Message: "the consumer " + c.settings.name + " was started before"}
}
