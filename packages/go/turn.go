package pgque

import (
	"context"
	"errors"
	"time"
)

// take receives a batch, handles it, and stores what became of it; returns how many messages it had.
func (l *consumerLoop) take() (int, error) {
	if l.settings.isExactlyOnce {
		return l.takeInTransaction()
	}
	messages, lost, err := l.source.receive(l.stop.over)
	if err != nil || len(messages) == 0 {
		return 0, err
	}
	l.noteWork()
	handling, cancel := context.WithCancel(l.stop.abandoned)
	defer cancel()
	defer context.AfterFunc(lost, cancel)()
	outcomes := l.newRun(nil).all(handling, messages)
	if lost.Err() != nil {
		l.log.Warn("a batch was taken over by another member before it was settled")
		return len(messages), nil
	}
	l.source.settling()
	if l.settle(messages[0].BatchID, toNacks(outcomes)) {
		l.count(outcomes)
	}
	return len(messages), nil
}

// settle stores what became of a batch, and does not rest before it is stored: what has been handled must not be handled
// again because the server was away for a moment. False when another process has the batch now, or the time is over. Settling
// twice is harmless: the second call finds that the batch is not open any more.
func (l *consumerLoop) settle(batchID int64, nacks []Nack) bool {
	backoff := newPauses(50*time.Millisecond, 2*time.Second)
	isInDoubt := false
	for l.stop.over.Err() == nil {
		settled, err := l.client.Settle(l.stop.over, batchID, nacks)
		if isCode(err, ErrBatchNotFound) {
			settled, err = 0, nil
		}
		if err == nil {
			l.noteAnswer()
			isStored := settled == 1 || isInDoubt
			if !isStored {
				l.log.Warn("a batch was settled by another process, or taken over", "batch", batchID)
			}
			return isStored
		}
		l.recover(err)
		// An earlier try may have been stored, and its answer lost.
		isInDoubt = isInDoubt || isCode(err, ErrConnectionLost) || isCode(err, ErrQueryTimeout)
		if isCode(err, ErrInvalidArgument) {
			// Something in a delay or a reason cannot be stored: the messages must come back all the same.
			for at := range nacks {
				nacks[at] = Nack{MsgID: nacks[at].MsgID, Dead: nacks[at].Dead}
			}
		}
		backoff.wait(l.stop.over)
	}
	l.log.Warn("a batch could not be settled before the stop: it will come again", "batch", batchID)
	return false
}

// takeInTransaction is take in one transaction, which is rolled back when its handlers are given up.
func (l *consumerLoop) takeInTransaction() (int, error) {
	tx, err := beginLeased(l.stop.over, l.client, l.settings.deadInterval)
	if err != nil {
		return 0, err
	}
	defer tx.close()
	operations := Operations{db: tx, timeout: l.client.timeout}
	messages, err := operations.Receive(l.stop.over, l.settings.queue, l.settings.name, l.settings.maxMessages)
	if err != nil {
		return 0, err
	}
	outcomes := map[int64]outcome{}
	if len(messages) > 0 {
		l.noteWork()
		outcomes = l.newRun(tx).all(l.stop.abandoned, messages)
		if l.stop.abandoned.Err() != nil {
			return 0, errStopped
		}
		if _, err := operations.Settle(l.stop.over, messages[0].BatchID, toNacks(outcomes)); err != nil {
			return 0, err
		}
	}
	if err := tx.commit(l.stop.over, l.client); err != nil {
		return 0, err
	}
	l.count(outcomes)
	return len(messages), nil
}

func (l *consumerLoop) newRun(tx *leasedTx) *batchRun {
	return &batchRun{
		settings: l.settings, handlers: l.handlers, stopping: l.stop.begun, tx: tx, log: l.log,
		outcomes: map[int64]outcome{},
	}
}

func (l *consumerLoop) noteWork() {
	l.watch.note()
	l.noteAnswer()
	l.enter(StateWorking)
}

func (l *consumerLoop) count(outcomes map[int64]outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, each := range outcomes {
		switch each.kind {
		case acked:
			l.now.Acked++
		case retried:
			l.now.Retried++
		case dead:
			l.now.Dead++
		}
	}
}

func sqlStateOf(err error) string {
	var found *Error
	if errors.As(err, &found) {
		return found.SQLState
	}
	return ""
}
