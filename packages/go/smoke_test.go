package pgque_test

import (
	"context"
	"encoding/json"
	"testing"

	pgque "github.com/NikolayS/pgque-go"
)

// On each PostgreSQL major of the run.
func TestEverySupportedMajor(t *testing.T) {
	t.Parallel()
	var majors map[string]string
	if err := json.Unmarshal([]byte(variable(t, "PGQUE_TEST_MAJORS")), &majors); err != nil {
		t.Fatal(err)
	}
	for major, dsn := range majors {
		t.Run(major+" takes events and gives messages", func(t *testing.T) {
			t.Parallel()
			b := setupOn(t, dsn)
			b.subscribe("processor")
			id := must(b.client.Send(b.ctx, b.queue, pgque.Event{
				Type: "order.created", Payload: map[string]any{"order_id": 42},
			}))(t)
			b.tick()
			messages := b.receive("processor")
			wantEqual(t, len(messages), 1)
			wantEqual(t, messages[0].MsgID, id)
			wantEqual(t, messages[0].Type, "order.created")
			wantEqual(t, string(messages[0].Payload), `{"order_id":42}`)
			wantEqual(t, must(b.client.Ack(b.ctx, messages[0].BatchID))(t), 1)
			wantEqual(t, len(b.receive("processor")), 0)
		})
		t.Run(major+" drives a consumer", func(t *testing.T) {
			t.Parallel()
			b := setupOn(t, dsn)
			b.subscribe("processor")
			b.send("job", 1, 2, 3)
			consumer := b.client.NewConsumer(b.queue, "processor", pgque.WithRetry(pgque.Fixed(0, 0)))
			var seen []string
			consumer.Handle("job", func(_ context.Context, message pgque.Message) error {
				seen = append(seen, string(message.Payload))
				return nil
			})
			wantEqual(t, must(consumer.Drain(b.ctx))(t), 3)
			wantEqual(t, len(seen), 3)
			wantEqual(t, len(b.receive("processor")), 0)
		})
	}
}
