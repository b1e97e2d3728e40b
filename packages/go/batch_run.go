package pgque

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// lettingGo is how long handlers have to return once they are given up.
const lettingGo = 50 * time.Millisecond

// batchRun runs the handlers of one batch and says what became of each message.
type batchRun struct {
	settings *consumerSettings
	handlers map[string]*handler
	// Once it has ended, no further handler is begun.
	stopping context.Context
	// Nil outside of a transaction.
	tx  *leasedTx
	log *slog.Logger

	mu       sync.Mutex
	outcomes map[int64]outcome
	isOver   bool
}

// all returns when all handlers have, or when ctx has ended and they are given up: then messages without an outcome are
// released, and what comes later does not count.
func (r *batchRun) all(ctx context.Context, messages []Message) map[int64]outcome {
	lanes := r.lanes(messages)
	waiting := make(chan []Message, len(lanes))
	for _, lane := range lanes {
		waiting <- lane
	}
	close(waiting)
	var workers sync.WaitGroup
	for range min(r.settings.concurrency, len(lanes)) {
		workers.Go(func() {
			for lane := range waiting {
				r.lane(ctx, lane)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		pauseUntil(done, lettingGo)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isOver = true
	for _, message := range messages {
		if _, isKnown := r.outcomes[message.MsgID]; !isKnown {
			r.outcomes[message.MsgID] = released("its handler was cut short")
		}
	}
	return r.outcomes
}

func pauseUntil(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// lanes run beside each other, the messages of a lane one after the other.
func (r *batchRun) lanes(messages []Message) [][]Message {
	if r.settings.concurrency == 1 {
		return [][]Message{messages}
	}
	var lanes [][]Message
	laneOf := map[string]int{}
	for _, message := range messages {
		if r.settings.orderBy == nil {
			lanes = append(lanes, []Message{message})
			continue
		}
		key := r.settings.orderBy(message)
		at, isKnown := laneOf[key]
		if !isKnown {
			at = len(lanes)
			laneOf[key], lanes = at, append(lanes, nil)
		}
		lanes[at] = append(lanes[at], message)
	}
	return lanes
}

// lane handles one message after the other. What follows a message that comes back, by the key, waits for it instead of
// overtaking it.
func (r *batchRun) lane(ctx context.Context, lane []Message) {
	held := map[string]outcome{}
	for _, message := range lane {
		if r.stopping.Err() != nil || ctx.Err() != nil {
			r.note(message, released(errStopped.Error()))
			continue
		}
		if r.settings.orderBy == nil {
			r.note(message, r.handle(ctx, message))
			continue
		}
		key := r.settings.orderBy(message)
		result, isHeld := held[key]
		if !isHeld {
			result = r.handle(ctx, message)
			if result.kind == retried {
				held[key] = outcome{retried, result.after, "it waits for message " + strconv.FormatInt(message.MsgID, 10)}
			}
		}
		r.note(message, result)
	}
}

func (r *batchRun) note(message Message, result outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isOver {
		r.outcomes[message.MsgID] = result
	}
}

func (r *batchRun) handle(ctx context.Context, message Message) outcome {
	found := r.handlers[message.Type]
	if found == nil {
		found = r.handlers["*"]
	}
	if found == nil {
		if r.settings.unknown == AckUnknown {
			return outcome{}
		}
		return ofUnknownType(message)
	}
	if r.tx != nil && r.tx.isSpoiled() {
		return released("the transaction was lost")
	}
	var err error
	if r.tx == nil {
		err = r.withinTime(ctx, found, message, nil)
	} else {
		err = r.behindSavepoint(ctx, found, message)
	}
	var lost *statementError
	switch {
	case err == nil:
		return outcome{}
	case ctx.Err() != nil:
		return released("its handler was cut short")
	case errors.As(err, &lost):
		return outcome{retried, unknownTypeDelay, reasonOf(err)}
	}
	r.log.Warn("a handler returned an error", "message", message.MsgID, "type", message.Type, "error", err)
	return failed(message, err, found.retry)
}

// statementError: a handler has swallowed the error of a statement, and then nothing of it can be kept.
type statementError struct{ err error }

func (e *statementError) Error() string { return "a statement of its handler failed: " + e.err.Error() }

// behindSavepoint undoes what a handler has written when it fails, while the rest of the transaction stays.
func (r *batchRun) behindSavepoint(ctx context.Context, found *handler, message Message) error {
	if err := r.tx.control(ctx, "savepoint pgque_handler"); err != nil {
		return &statementError{err}
	}
	err := r.withinTime(ctx, found, message, &handlersTx{r.tx})
	if err == nil {
		kept := r.tx.control(ctx, "release savepoint pgque_handler")
		if kept == nil {
			return nil
		}
		err = &statementError{kept}
	}
	if undone := r.tx.control(ctx, "rollback to savepoint pgque_handler"); undone != nil {
		r.tx.spoil(undone)
	}
	return err
}

// withinTime leaves a handler behind that does not return in its time.
func (r *batchRun) withinTime(ctx context.Context, found *handler, message Message, tx pgx.Tx) error {
	if found.timeout <= 0 {
		return r.call(ctx, found, message, tx)
	}
	limited, cancel := context.WithTimeout(ctx, found.timeout)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- r.call(limited, found, message, tx) }()
	select {
	case err := <-result:
		return err
	case <-limited.Done():
	}
	pauseOrResult := time.NewTimer(lettingGo)
	defer pauseOrResult.Stop()
	select {
	case <-result:
	case <-pauseOrResult.C:
		if r.tx != nil {
			r.tx.spoil(errors.New("a handler that is left behind has the transaction"))
		}
	}
	return fmt.Errorf("the handler took longer than %s", found.timeout)
}

// call turns a panic into an error.
func (r *batchRun) call(ctx context.Context, found *handler, message Message, tx pgx.Tx) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			r.log.Error("a handler panicked", "message", message.MsgID, "cause", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("the handler panicked: %v", cause)
		}
	}()
	if found.handleTx != nil {
		return found.handleTx(ctx, tx, message)
	}
	return found.handle(ctx, message)
}
