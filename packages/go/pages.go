package pgque

import (
	"context"
	"iter"
)

// Pages reads what waits page by page, in the memory of one page, and acknowledges each once its body is done:
//
//	for messages, err := range client.Pages(ctx, "orders", "processor", 0) {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// A page whose body is left by break, return or a panic is delivered again. It ends when nothing is left up to the newest tick,
// or after an error. A page has size messages, or 1,000 when that is 0.
func (o *Operations) Pages(ctx context.Context, queue, consumer string, size int) iter.Seq2[[]Message, error] {
	return func(yield func([]Message, error) bool) {
		for {
			messages, err := o.Receive(ctx, queue, consumer, orDefault(size, 1000))
			if err != nil {
				yield(nil, err)
				return
			}
			if len(messages) == 0 || !yield(messages, nil) {
				return
			}
			if _, err := o.Ack(ctx, messages[0].BatchID); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}
