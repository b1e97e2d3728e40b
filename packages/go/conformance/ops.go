package main

import (
	"context"
	"time"

	pgque "github.com/NikolayS/pgque-go"
)

type operation func(ctx context.Context, o *pgque.Operations, a arguments) (any, error)

// id is the answer of what returns one.
func id(found int64, err error) (any, error) { return strconv(found), err }

// as is any other answer.
func as[T any](found T, err error) (any, error) { return found, err }

func mapped[T any](found []T, err error, convert func(T) object) (any, error) {
	out := []object{}
	for _, each := range found {
		out = append(out, convert(each))
	}
	return out, err
}

var ops = map[string]operation{
	"send": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return id(o.Send(ctx, a.Queue, a.event()))
	},
	"send_batch": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		var events []pgque.Event
		for _, each := range a.Events {
			events = append(events, pgque.Event{Type: each.Type, Payload: each.Payload, Extra1: each.Extra1})
		}
		ids, err := o.SendEvents(ctx, a.Queue, events)
		return idsOf(ids), err
	},
	"insert_event": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return id(o.InsertEvent(ctx, a.Queue, a.Type, a.Data, a.Extra1, a.Extra2, a.Extra3, a.Extra4))
	},
	"send_at": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		if a.DeliverAt != nil {
			return id(o.SendAt(ctx, a.Queue, a.event(), *a.DeliverAt))
		}
		if a.DelayMs == nil {
			return nil, errUnsupported
		}
		return id(o.SendAfter(ctx, a.Queue, a.event(), milliseconds(*a.DelayMs)))
	},
	"cancel": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.Cancel(ctx, a.ID))
	},
	"subscribe": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		if a.StartAt == "" {
			return as(o.Subscribe(ctx, a.Queue, a.Consumer))
		}
		start, err := position(a.StartAt)
		if err != nil {
			return nil, err
		}
		return as(o.SubscribeAt(ctx, a.Queue, a.Consumer, start))
	},
	"unsubscribe": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.Unsubscribe(ctx, a.Queue, a.Consumer, a.DiscardRetries))
	},
	"receive": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		messages, err := o.Receive(ctx, a.Queue, a.Consumer, a.MaxMessages)
		return messagesOf(messages), err
	},
	"ack": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.Ack(ctx, a.BatchID))
	},
	"nack": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		var options []pgque.NackOption
		if a.RetryAfterMs != nil {
			options = append(options, pgque.RetryAfter(milliseconds(*a.RetryAfterMs)))
		}
		if a.Dead {
			options = append(options, pgque.Dead())
		}
		options = append(options, pgque.Reason(a.Reason))
		return as(o.Nack(ctx, a.BatchID, pgque.Message{MsgID: a.MsgID}, options...))
	},
	"nack_many": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.NackMany(ctx, a.BatchID, nacksOf(a.Nacks)))
	},
	"settle": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.Settle(ctx, a.BatchID, nacksOf(a.Nacks)))
	},
	"seek": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		to, err := position(a.To)
		if err != nil {
			return nil, err
		}
		return id(o.Seek(ctx, a.Queue, a.Consumer, to))
	},
	"dlq_inspect": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		letters, err := o.DLQInspect(ctx, a.Queue, a.Limit)
		return mapped(letters, err, func(l pgque.DeadLetter) object {
			return object{
				"id": strconv(l.ID), "reason": orNull(l.Reason), "consumer": orNull(l.Consumer), "msg_id": strconv(l.MsgID),
				"type": orNull(l.Type), "data": textOf(l.Payload), "retry_count": countOf(l.RetryCount),
			}
		})
	},
	"dlq_replay": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return id(o.DLQReplay(ctx, a.ID))
	},
	"dlq_replay_all": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		done, err := o.DLQReplayAll(ctx, a.Queue)
		return object{"replayed": done.Replayed, "failed": done.Failed}, err
	},
	"dlq_purge": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		if a.OlderThanMs == nil {
			// The client has no default, and its documentation names that of the engine.
			return as(o.DLQPurge(ctx, a.Queue, 30*24*time.Hour))
		}
		return as(o.DLQPurge(ctx, a.Queue, milliseconds(*a.OlderThanMs)))
	},
	"subscribe_subconsumer": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		var options []pgque.MemberOption
		if a.ConvertNormal {
			options = append(options, pgque.ConvertNormal())
		}
		return as(o.SubscribeSubconsumer(ctx, a.Queue, a.Consumer, a.Subconsumer, options...))
	},
	"unsubscribe_subconsumer": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		var options []pgque.MemberOption
		if a.BatchHandling == 1 {
			options = append(options, pgque.GiveBatchBack())
		}
		return as(o.UnsubscribeSubconsumer(ctx, a.Queue, a.Consumer, a.Subconsumer, options...))
	},
	"receive_coop": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		var options []pgque.MemberOption
		if a.MaxMessages != 0 {
			options = append(options, pgque.MaxMessages(a.MaxMessages))
		}
		if a.DeadIntervalMs != nil {
			options = append(options, pgque.TakeOverAfter(milliseconds(*a.DeadIntervalMs)))
		}
		messages, err := o.ReceiveCoop(ctx, a.Queue, a.Consumer, a.Subconsumer, options...)
		return messagesOf(messages), err
	},
	"touch_subconsumer": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.TouchSubconsumer(ctx, a.Queue, a.Consumer, a.Subconsumer))
	},
	"create_queue": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.CreateQueue(ctx, a.Queue, settingsOf(a.Config)))
	},
	"drop_queue": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.DropQueue(ctx, a.Queue, a.Force))
	},
	"set_queue_config": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return nil, o.SetQueueConfig(ctx, a.Queue, settingsOf(a.Config))
	},
	"pause_queue": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.PauseQueue(ctx, a.Queue))
	},
	"resume_queue": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.ResumeQueue(ctx, a.Queue))
	},
	"ticker": func(ctx context.Context, o *pgque.Operations, _ arguments) (any, error) { return as(o.Ticker(ctx)) },
	"tick": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		tick, err := o.Tick(ctx, a.Queue)
		return idOrNull(tick), err
	},
	"force_next_tick": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return id(o.ForceNextTick(ctx, a.Queue))
	},
	"maint": func(ctx context.Context, o *pgque.Operations, _ arguments) (any, error) { return as(o.Maint(ctx)) },
	"maint_retry_events": func(ctx context.Context, o *pgque.Operations, _ arguments) (any, error) {
		return as(o.MaintRetryEvents(ctx))
	},
	"version": func(ctx context.Context, o *pgque.Operations, _ arguments) (any, error) { return as(o.Version(ctx)) },
	"health": func(ctx context.Context, o *pgque.Operations, _ arguments) (any, error) {
		findings, err := o.Health(ctx)
		return mapped(findings, err, func(f pgque.HealthFinding) object {
			return object{"check": f.Check, "status": f.Status, "queue": orNull(f.Queue)}
		})
	},
	"queue_stats": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		stats, err := o.QueueStats(ctx, a.Queue)
		return mapped(stats, err, func(q pgque.QueueStats) object {
			return object{"queue": q.Queue, "consumers": q.Consumers, "dead_letters": q.DeadLetters}
		})
	},
	"consumer_stats": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		stats, err := o.ConsumerStats(ctx, a.Queue)
		return mapped(stats, err, func(c pgque.ConsumerStats) object {
			return object{
				"queue": c.Queue, "consumer": c.Consumer, "batch_id": idOrNull(c.BatchID), "retries_pending": c.RetriesPending,
			}
		})
	},
	"next_batch": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		batch, err := o.NextBatch(ctx, a.Queue, a.Consumer)
		return idOrNull(batch), err
	},
	"get_batch_events": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		events, err := o.GetBatchEvents(ctx, a.BatchID)
		return mapped(events, err, func(e pgque.BatchEvent) object {
			return object{
				"ev_id": strconv(e.EventID), "type": orNull(e.Type), "data": textOf(e.Payload), "retry_count": countOf(e.RetryCount),
			}
		})
	},
	"finish_batch": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.FinishBatch(ctx, a.BatchID))
	},
	"event_retry": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		return as(o.EventRetry(ctx, a.BatchID, a.EventID, time.Duration(a.RetryAfter*float64(time.Second))))
	},
	"pages": func(ctx context.Context, o *pgque.Operations, a arguments) (any, error) {
		pages := [][]string{}
		for messages, err := range o.Pages(ctx, a.Queue, a.Consumer, a.Size) {
			if err != nil {
				return nil, err
			}
			if len(pages)+1 == a.FailOnPage {
				break
			}
			var ids []int64
			for _, message := range messages {
				ids = append(ids, message.MsgID)
			}
			pages = append(pages, idsOf(ids))
		}
		return pages, nil
	},
}
