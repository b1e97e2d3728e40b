package pgque

import "time"

// ConsumerState is where a consumer is in its life:
//
//	idle -> starting -> standing-by | waiting | working | recovering -> stopping -> stopped
//	                 -> failed
type ConsumerState string

const (
	// StateIdle: not started.
	StateIdle ConsumerState = "idle"
	// StateStarting: looking for its queue and its subscription.
	StateStarting ConsumerState = "starting"
	// StateStandingBy: another process reads for this consumer.
	StateStandingBy ConsumerState = "standing-by"
	// StateWaiting: nothing is left; it waits to be woken.
	StateWaiting ConsumerState = "waiting"
	// StateWorking: it has a batch.
	StateWorking ConsumerState = "working"
	// StateRecovering: the server does not answer, or refuses; it tries again and again.
	StateRecovering ConsumerState = "recovering"
	// StateStopping: it takes no more and finishes what it has.
	StateStopping ConsumerState = "stopping"
	// StateStopped: it has stopped.
	StateStopped ConsumerState = "stopped"
	// StateFailed: the start was refused.
	StateFailed ConsumerState = "failed"
)

// ConsumerHealth is what a consumer is doing, honestly: one that gets no answer is not healthy.
type ConsumerHealth struct {
	// IsHealthy is whether messages are consumed, or would be if there were any: for a readiness probe.
	IsHealthy bool
	State     ConsumerState
	// Since is when it came to this state.
	Since time.Time
	// LastAnswerAt is when the server last answered; zero: never.
	LastAnswerAt time.Time
	// LastError is what it is recovering from, or failed with.
	LastError error
	// IsHearing is whether notifications arrive; else it polls.
	IsHearing bool
	// IsTicked is whether something ticks the queue, without which nothing is delivered. Looked at once a minute while
	// nothing comes.
	IsTicked bool
	// Acked, Retried and Dead are what became of the messages since the start.
	Acked, Retried, Dead int
}
