package pgque_test

import (
	"errors"
	"testing"
	"time"

	pgque "github.com/NikolayS/pgque-go"
)

func TestABatchStaysOpenUntilItIsAcknowledged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1, 2, 3)
	page := must(b.client.Receive(b.ctx, b.queue, "c", 2))(t)
	wantEqual(t, len(page), 2)
	wantEqual(t, must(b.client.Receive(b.ctx, b.queue, "c", 2))(t)[0].BatchID, page[0].BatchID)
	wantEqual(t, must(b.client.Ack(b.ctx, page[0].BatchID))(t), 1)
	wantEqual(t, must(b.client.Ack(b.ctx, page[0].BatchID))(t), 0)
	wantEqual(t, string(b.receive("c")[0].Payload), "3")
}

func TestWhatIsGivenBackComesAgainOrIsDead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1, 2, 3)
	messages := b.receive("c")
	batch := messages[0].BatchID
	wantEqual(t, must(b.client.Nack(b.ctx, batch, messages[0], pgque.RetryAfter(0), pgque.Reason("nul \x00")))(t), 1)
	wantEqual(t, must(b.client.Nack(b.ctx, batch, messages[0]))(t), 0)
	wantEqual(t, must(b.client.Nack(b.ctx, batch, messages[1], pgque.Dead(), pgque.Reason("broken")))(t), 1)
	wantEqual(t, must(b.client.Settle(b.ctx, batch, []pgque.Nack{{MsgID: messages[2].MsgID, RetryAfter: pgque.After(time.Hour)}}))(t), 1)
	letters := must(b.client.DLQInspect(b.ctx, b.queue, 0))(t)
	wantEqual(t, len(letters), 1)
	wantEqual(t, letters[0].Reason, "broken")
	wantEqual(t, string(letters[0].Payload), "2")
	eventually(t, "the message that was given back at once came again", func() bool {
		must(b.client.MaintRetryEvents(b.ctx))(t)
		b.tick()
		return len(b.receive("c")) > 0
	})
	again := b.receive("c")
	wantEqual(t, len(again), 1)
	wantEqual(t, again[0].MsgID, messages[0].MsgID)
	wantEqual(t, again[0].RetryCount, 1)
	wantEqual(t, again[0].Attempt(), 2)
	must(b.client.DLQReplay(b.ctx, letters[0].ID))(t)
	wantEqual(t, len(must(b.client.DLQInspect(b.ctx, b.queue, 0))(t)), 0)
}

func TestPagesAcknowledgesWhatItsBodyHasDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	b.send("job", 1, 2, 3, 4, 5)
	for messages, err := range b.client.Pages(b.ctx, b.queue, "c", 2) {
		wantEqual(t, err, nil)
		if string(messages[0].Payload) == "3" {
			break
		}
	}
	var seen []string
	for messages, err := range b.client.Pages(b.ctx, b.queue, "c", 2) {
		wantEqual(t, err, nil)
		seen = append(seen, string(messages[0].Payload))
	}
	wantEqual(t, len(seen), 2)
	wantEqual(t, seen[0], "3")
	for _, err := range b.client.Pages(b.ctx, b.queue, "nobody", 2) {
		if !errors.Is(err, pgque.ErrConsumerNotRegistered) {
			t.Fatal(err)
		}
	}
}

func TestSubscriptionsBeginAndMoveWhereTheyAreTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := time.Now().Add(-time.Minute)
	b.send("job", 1)
	wantEqual(t, must(b.client.SubscribeAt(b.ctx, b.queue, "all", pgque.Earliest()))(t), 1)
	wantEqual(t, must(b.client.Subscribe(b.ctx, b.queue, "new"))(t), 1)
	wantEqual(t, must(b.client.Subscribe(b.ctx, b.queue, "new"))(t), 0)
	wantEqual(t, len(b.receive("all")), 1)
	wantEqual(t, len(b.receive("new")), 0)
	start := must(b.client.Seek(b.ctx, b.queue, "new", pgque.Earliest()))(t)
	must(b.client.Seek(b.ctx, b.queue, "new", pgque.Latest()))(t)
	wantEqual(t, must(b.client.Seek(b.ctx, b.queue, "new", pgque.AtTick(start)))(t), start)
	wantEqual(t, len(b.receive("new")), 1)
	if _, err := b.client.Seek(b.ctx, b.queue, "new", pgque.Latest()); !errors.Is(err, pgque.ErrBatchOpen) {
		t.Fatal(err)
	}
	if _, err := b.client.SubscribeAt(b.ctx, b.queue, "old", pgque.AtTime(before)); !errors.Is(err, pgque.ErrPositionNotHeld) {
		t.Fatal(err)
	}
	if _, err := b.client.SubscribeAt(b.ctx, b.queue, "x", pgque.AtTick(start)); !errors.Is(err, pgque.ErrInvalidArgument) {
		t.Fatal(err)
	}
}
