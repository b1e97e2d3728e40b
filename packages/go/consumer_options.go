package pgque

import (
	"log/slog"
	"time"
)

// UnknownHandlerPolicy is what becomes of messages that no handler takes.
type UnknownHandlerPolicy int

const (
	// NackUnknown gives them back for a minute, so that a producer may be deployed before its consumer; in the end they are
	// dead letters.
	NackUnknown UnknownHandlerPolicy = iota
	// AckUnknown lets them pass.
	AckUnknown
)

// ConsumerOption is an option of NewConsumer.
type ConsumerOption interface{ applyToConsumer(*consumerSettings) }

// HandlerOption is an option of Handle and HandleTx.
type HandlerOption interface{ applyToHandler(*handler) }

// SharedOption is an option of a consumer for all its handlers, or of one handler.
type SharedOption interface {
	ConsumerOption
	HandlerOption
}

type consumerSettings struct {
	queue, name      string
	startAt          *Position
	maxMessages      int
	concurrency      int
	orderBy          func(Message) string
	isExactlyOnce    bool
	member           string
	deadInterval     time.Duration
	retry            RetryPolicy
	handlerTimeout   time.Duration
	unknown          UnknownHandlerPolicy
	pollInterval     time.Duration
	idlePollInterval time.Duration
	stopTimeout      time.Duration
	logger           *slog.Logger
}

func defaultConsumerSettings(queue, name string, logger *slog.Logger) consumerSettings {
	return consumerSettings{
		queue: queue, name: name, logger: logger,
		maxMessages: defaultMaxMessages, concurrency: 1, retry: Exponential(Backoff{}),
		deadInterval: 30 * time.Second, pollInterval: time.Second, idlePollInterval: 30 * time.Second,
		stopTimeout: 30 * time.Second,
	}
}

func (s *consumerSettings) check() error {
	switch {
	case s.queue == "" || s.name == "":
		return invalidArgument("the names of queue and consumer must not be empty")
	case s.maxMessages < 1 || s.concurrency < 1:
		return invalidArgument("WithMaxMessages and WithConcurrency must be above 0")
	case s.deadInterval <= 0 || s.pollInterval <= 0 || s.idlePollInterval <= 0 || s.stopTimeout <= 0:
		return invalidArgument("the durations of a consumer must be above 0")
	case s.isExactlyOnce && s.concurrency > 1:
		return invalidArgument("exactly once, handlers run one after the other: they share a transaction")
	case s.isExactlyOnce && s.member != "":
		return invalidArgument("members cannot work exactly once: the transaction of one would hold up the others")
	}
	return nil
}

type consumerOption func(*consumerSettings)

func (o consumerOption) applyToConsumer(s *consumerSettings) { o(s) }

// WithStartAt says where a consumer that is not subscribed yet begins: Latest, Earliest or AtTime. Without it, a consumer that
// is not subscribed is refused at its start with ErrConsumerNotRegistered.
func WithStartAt(start Position) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.startAt = &start })
}

// WithMaxMessages is how many messages a batch has at most: what is held in memory, and repeated after a crash. The default
// is 100.
func WithMaxMessages(count int) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.maxMessages = count })
}

// WithConcurrency is how many handlers of a batch run at once. The default is 1.
func WithConcurrency(count int) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.concurrency = count })
}

// WithOrderBy keeps the messages of one key in their order: they run one after the other, and one that comes back takes with
// it what follows it in its batch. By default nothing is kept in order beyond what WithConcurrency of 1 does.
func WithOrderBy(key func(Message) string) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.orderBy = key })
}

// WithExactlyOnce puts the batch, its handlers and its acknowledgement into one transaction, which HandleTx gets. It is open for
// as long as the handlers of a batch take, so keep WithMaxMessages small, and what is slow elsewhere. By default handlers run
// outside of any transaction, and a message comes again after a crash: at least once.
func WithExactlyOnce() ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.isExactlyOnce = true })
}

// WithSubconsumer makes the consumer a member of a group that shares the messages out, under a name that no other process
// has. While a handler runs, heartbeats go out on a connection of their own. By default one process works, and the others
// with the same consumer stand by.
func WithSubconsumer(name string) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.member = name })
}

// WithAutoSubconsumer is WithSubconsumer under a name that is made up.
func WithAutoSubconsumer() ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.member = newMemberName() })
}

// WithDeadInterval is how long a process must be silent, because it is frozen or cut off, until its work goes to another:
// the batch of a member, else its place, and exactly once its transaction, which is rolled back. The default is 30 seconds.
func WithDeadInterval(silence time.Duration) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.deadInterval = silence })
}

// WithUnknownHandlerPolicy is what becomes of messages that no handler takes. The default is NackUnknown.
func WithUnknownHandlerPolicy(policy UnknownHandlerPolicy) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.unknown = policy })
}

// WithPollInterval is the time between looks when no notifications arrive, and of members. The default is 1 second.
func WithPollInterval(interval time.Duration) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.pollInterval = interval })
}

// WithIdlePollInterval is the time between looks although notifications arrive. The default is 30 seconds.
func WithIdlePollInterval(interval time.Duration) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.idlePollInterval = interval })
}

// WithStopTimeout is how long a stop may take, all told: its last fifth, 2 seconds at most, is for the server. The default is
// 30 seconds.
func WithStopTimeout(limit time.Duration) ConsumerOption {
	return consumerOption(func(s *consumerSettings) { s.stopTimeout = limit })
}

type sharedOption struct {
	ofConsumer func(*consumerSettings)
	ofHandler  func(*handler)
}

func (o sharedOption) applyToConsumer(s *consumerSettings) { o.ofConsumer(s) }
func (o sharedOption) applyToHandler(h *handler)           { o.ofHandler(h) }

// WithRetry says when a message comes back after its handler returned an error. The default is Exponential(Backoff{}); of a
// handler, that of its consumer.
func WithRetry(policy RetryPolicy) SharedOption {
	return sharedOption{
		func(s *consumerSettings) { s.retry = policy },
		func(h *handler) { h.retry = policy },
	}
}

// WithHandlerTimeout limits an attempt: then its context is done, it is left behind, and the message is retried. By default
// there is no limit; of a handler, that of its consumer.
func WithHandlerTimeout(limit time.Duration) SharedOption {
	return sharedOption{
		func(s *consumerSettings) { s.handlerTimeout = limit },
		func(h *handler) { h.timeout = limit },
	}
}
