package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	pgque "github.com/NikolayS/pgque-go"
)

const stateLook = 5 * time.Millisecond

// running is a consumer that was started.
type running struct {
	consumer *pgque.Consumer
	ended    chan error
	// Closed when its end was told.
	told chan struct{}
}

func (d *driver) startConsumer(ctx context.Context, a arguments) error {
	d.mu.Lock()
	client := d.client
	d.mu.Unlock()
	options, err := consumerOptions(a)
	if err != nil {
		return err
	}
	consumer := client.NewConsumer(a.Queue, a.Name, options...)
	types := a.Types
	if types == nil {
		types = []string{"*"}
	}
	for _, kind := range types {
		if a.Mode == "exactly-once" {
			consumer.HandleTx(kind, func(ctx context.Context, tx pgx.Tx, message pgque.Message) error {
				return d.handle(ctx, a.Handle, tx, message)
			})
			continue
		}
		consumer.Handle(kind, func(ctx context.Context, message pgque.Message) error {
			return d.handle(ctx, a.Handle, nil, message)
		})
	}
	started := &running{consumer, make(chan error, 1), make(chan struct{})}
	go func() { started.ended <- consumer.Start(ctx) }()
	for {
		select {
		case err := <-started.ended:
			close(started.told)
			return err
		case <-time.After(stateLook):
		}
		switch consumer.Health().State {
		case pgque.StateIdle, pgque.StateStarting, pgque.StateRecovering, pgque.StateFailed:
			continue
		}
		break
	}
	d.mu.Lock()
	d.consumers[a.Handle] = started
	d.mu.Unlock()
	go d.watch(a.Handle, started)
	return nil
}

func consumerOptions(a arguments) ([]pgque.ConsumerOption, error) {
	var options []pgque.ConsumerOption
	add := func(isGiven bool, option func() pgque.ConsumerOption) {
		if isGiven {
			options = append(options, option())
		}
	}
	duration := func(count *float64, option func(time.Duration) pgque.ConsumerOption) {
		add(count != nil, func() pgque.ConsumerOption { return option(milliseconds(*count)) })
	}
	if a.StartAt != "" {
		start, err := position(a.StartAt)
		if err != nil {
			return nil, err
		}
		options = append(options, pgque.WithStartAt(start))
	}
	add(a.MaxMessages != 0, func() pgque.ConsumerOption { return pgque.WithMaxMessages(a.MaxMessages) })
	add(a.Concurrency != 0, func() pgque.ConsumerOption { return pgque.WithConcurrency(a.Concurrency) })
	add(a.OrderBy == "type", func() pgque.ConsumerOption {
		return pgque.WithOrderBy(func(message pgque.Message) string { return message.Type })
	})
	add(a.Mode == "exactly-once", pgque.WithExactlyOnce)
	add(a.Member == "auto", pgque.WithAutoSubconsumer)
	add(a.Member != "" && a.Member != "auto", func() pgque.ConsumerOption { return pgque.WithSubconsumer(a.Member) })
	add(a.UnknownHandlerPolicy == "ack", func() pgque.ConsumerOption { return pgque.WithUnknownHandlerPolicy(pgque.AckUnknown) })
	add(a.RetryMs != nil, func() pgque.ConsumerOption {
		return pgque.WithRetry(pgque.Fixed(milliseconds(*a.RetryMs), a.MaxAttempts))
	})
	duration(a.DeadIntervalMs, pgque.WithDeadInterval)
	duration(a.PollIntervalMs, pgque.WithPollInterval)
	duration(a.IdlePollIntervalMs, pgque.WithIdlePollInterval)
	duration(a.StopTimeoutMs, pgque.WithStopTimeout)
	return options, nil
}

// watch tells of each state that is seen, until the last.
func (d *driver) watch(handle string, started *running) {
	defer close(started.told)
	var last pgque.ConsumerState
	for last != pgque.StateStopped && last != pgque.StateFailed {
		if state := started.consumer.Health().State; state != last {
			d.write(object{"event": "consumer_state", "handle": handle, "state": state})
			last = state
		}
		time.Sleep(stateLook)
	}
	<-started.ended
	d.write(object{"event": "shutdown_complete", "handle": handle})
}

func (d *driver) stopConsumer(ctx context.Context, a arguments) error {
	started := d.consumer(a.Handle)
	if started == nil {
		return errUnsupported
	}
	if a.TimeoutMs != nil {
		limited, cancel := context.WithTimeout(ctx, milliseconds(*a.TimeoutMs))
		defer cancel()
		if err := started.consumer.Stop(limited); !errors.Is(err, pgque.ErrCanceled) {
			return err
		}
	}
	return started.consumer.Stop(ctx)
}

func (d *driver) consumer(handle string) *running {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.consumers[handle]
}

func (d *driver) health(handle string) any {
	started := d.consumer(handle)
	if started == nil {
		return nil
	}
	health := started.consumer.Health()
	return object{
		"state": health.State, "is_healthy": health.IsHealthy, "is_hearing": health.IsHearing,
		"acked": health.Acked, "retried": health.Retried, "dead": health.Dead,
	}
}

// answer gives what tells the handler how it ends.
func (d *driver) answer(a arguments) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	call := d.calls[a.Call]
	delete(d.calls, a.Call)
	if call == nil {
		return nil
	}
	return func() { call <- a }
}

// handle waits until the runner says how it ends.
func (d *driver) handle(ctx context.Context, handle string, tx pgx.Tx, message pgque.Message) error {
	name := d.name(strconv(int64(os.Getpid())) + "-")
	call := make(chan arguments, 1)
	d.mu.Lock()
	d.calls[name] = call
	d.mu.Unlock()
	d.write(object{"event": "handler_enter", "handle": handle, "call": name, "message": messageOf(message)})
	aborted := func() error {
		d.write(object{"event": "handler_abort", "handle": handle, "call": name})
		return ctx.Err()
	}
	var told arguments
	select {
	case told = <-call:
	case <-ctx.Done():
		return aborted()
	}
	ms := 0.0
	if told.Ms != nil {
		ms = *told.Ms
	}
	switch told.Do {
	case "exit":
		os.Exit(int(ms))
	case "hang":
		<-ctx.Done()
		return aborted()
	case "busy_loop":
		for end := time.Now().Add(milliseconds(ms)); time.Now().Before(end); {
		}
	}
	var failure error
	if told.Query != "" {
		_, failure = tx.Exec(ctx, told.Query, pgx.QueryExecModeSimpleProtocol)
	}
	d.write(object{"event": "handler_exit", "handle": handle, "call": name, "do": told.Do})
	reason := errors.New(told.Reason)
	switch told.Do {
	case "throw":
		return reason
	case "retry_after":
		return pgque.NewRetryLaterError(milliseconds(ms), reason)
	case "dead":
		return pgque.NewDeadLetterError(reason)
	}
	return failure
}
