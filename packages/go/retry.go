package pgque

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// RetryDecision is when a message comes back after a failed attempt, or that it does not.
type RetryDecision struct {
	After time.Duration
	// Dead: it goes to the dead letters.
	Dead bool
}

// RetryPolicy decides after an attempt, which counts from 1, that ended with an error. The queue's max_retries holds as well:
// past it a message is dead, whatever the policy says.
type RetryPolicy func(attempt int, err error) RetryDecision

// Backoff are the delays of Exponential. Zero is the default.
type Backoff struct {
	// Base is the delay after the first attempt; 1 second.
	Base time.Duration
	// Max is the longest delay; 10 minutes.
	Max time.Duration
	// Factor is what each delay is multiplied by; 2.
	Factor float64
	// NoJitter takes all of a delay. Otherwise it is anything from half of it to all of it, so that what failed together does
	// not return together.
	NoJitter bool
	// MaxAttempts is after how many attempts a message is dead; as the queue is set, which is 6.
	MaxAttempts int
}

// Exponential is delays that grow: 1 s, 2 s, 4 s and so on up to 10 min. It is the default of consumers.
func Exponential(backoff Backoff) RetryPolicy {
	if backoff.Base <= 0 {
		backoff.Base = time.Second
	}
	if backoff.Max <= 0 {
		backoff.Max = 10 * time.Minute
	}
	if backoff.Factor <= 0 {
		backoff.Factor = 2
	}
	return func(attempt int, _ error) RetryDecision {
		if isLast(attempt, backoff.MaxAttempts) {
			return RetryDecision{Dead: true}
		}
		full := math.Min(float64(backoff.Max), float64(backoff.Base)*math.Pow(backoff.Factor, float64(attempt-1)))
		if !backoff.NoJitter {
			full *= 0.5 + rand.Float64()/2
		}
		return RetryDecision{After: time.Duration(full)}
	}
}

// Fixed is the same delay after each attempt, until maxAttempts have been made; 0 is as the queue is set.
func Fixed(delay time.Duration, maxAttempts int) RetryPolicy {
	return func(attempt int, _ error) RetryDecision {
		return RetryDecision{After: delay, Dead: isLast(attempt, maxAttempts)}
	}
}

// Never is one attempt, then the dead letters.
func Never() RetryPolicy {
	return func(int, error) RetryDecision { return RetryDecision{Dead: true} }
}

func isLast(attempt, maxAttempts int) bool { return maxAttempts > 0 && attempt >= maxAttempts }

// DeadLetterError is what a handler returns for a message that will never work: it goes to the dead letters at once.
type DeadLetterError struct{ Err error }

// NewDeadLetterError gives the error, whose message is the reason of the dead letter.
func NewDeadLetterError(err error) error { return &DeadLetterError{err} }

func (e *DeadLetterError) Error() string { return textOf(e.Err, "it will never work") }

// Unwrap gives the error that it was made of.
func (e *DeadLetterError) Unwrap() error { return e.Err }

// RetryLaterError is what a handler returns for a message that shall come again after a delay, whatever the policy says.
type RetryLaterError struct {
	After time.Duration
	Err   error
}

// NewRetryLaterError gives the error; err may be nil.
func NewRetryLaterError(after time.Duration, err error) error { return &RetryLaterError{after, err} }

func (e *RetryLaterError) Error() string { return textOf(e.Err, "not now") }

// Unwrap gives the error that it was made of.
func (e *RetryLaterError) Unwrap() error { return e.Err }

func textOf(err error, otherwise string) string {
	if err == nil {
		return otherwise
	}
	return err.Error()
}

// outcome is what became of a message. Every message of a batch gets one before the batch is settled.
type outcome struct {
	kind   outcomeKind
	after  time.Duration
	reason string
}

type outcomeKind int

const (
	acked outcomeKind = iota
	retried
	dead
)

const (
	longestReason    = 2000
	unknownTypeDelay = time.Minute
)

// released: not begun, or cut short; again at once, by whoever is there.
func released(reason string) outcome { return outcome{kind: retried, reason: reason} }

func failed(message Message, err error, policy RetryPolicy) outcome {
	reason := reasonOf(err)
	var giveUp *DeadLetterError
	var later *RetryLaterError
	switch {
	case errors.As(err, &giveUp):
		return outcome{kind: dead, reason: reason}
	case errors.As(err, &later):
		return outcome{retried, max(0, later.After), reason}
	}
	decision := policy(message.Attempt(), err)
	if decision.Dead {
		return outcome{kind: dead, reason: reason}
	}
	return outcome{retried, max(0, decision.After), reason}
}

func ofUnknownType(message Message) outcome {
	return outcome{retried, unknownTypeDelay, fmt.Sprintf("no handler for type %q", message.Type)}
}

func reasonOf(err error) string {
	text := storableReason(err.Error())
	if runes := []rune(text); len(runes) > longestReason {
		return string(runes[:longestReason])
	}
	return text
}

// toNacks is what is not done, as the engine wants it.
func toNacks(outcomes map[int64]outcome) []Nack {
	nacks := []Nack{}
	for id, each := range outcomes {
		switch each.kind {
		case retried:
			nacks = append(nacks, Nack{MsgID: id, RetryAfter: &each.after, Reason: each.reason})
		case dead:
			nacks = append(nacks, Nack{MsgID: id, Reason: each.reason, Dead: true})
		}
	}
	return nacks
}
