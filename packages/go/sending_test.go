package pgque_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pgque "github.com/NikolayS/pgque-go"
)

func TestSendKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	text := "extra"
	events := map[string]pgque.Event{
		`{"text":"<ä> & \"\\ \u0000"}`: {Payload: map[string]string{"text": "<ä> & \"\\ \x00"}},
		`9007199254740993`:             {Payload: int64(1<<53 + 1)},
		`null`:                         {},
		`{ "as" :  "given" }`:          {Payload: json.RawMessage(`{ "as" :  "given" }`)},
		`[1]`:                          {Type: "t", Payload: []int{1}, Extra1: &text, Extra4: &text},
	}
	ids := map[int64]string{}
	for want, event := range events {
		ids[must(b.client.Send(b.ctx, b.queue, event))(t)] = want
	}
	b.tick()
	messages := b.receive("c")
	wantEqual(t, len(messages), len(events))
	for _, message := range messages {
		want := ids[message.MsgID]
		wantEqual(t, string(message.Payload), want)
		wantEqual(t, message.RetryCount, 0)
		if time.Since(message.CreatedAt).Abs() > time.Minute {
			t.Errorf("sent at %v", message.CreatedAt)
		}
		if want != `[1]` {
			wantEqual(t, message.Type, "default")
			continue
		}
		wantEqual(t, *message.Extra1, text)
		wantEqual(t, *message.Extra4, text)
		if message.Extra2 != nil {
			t.Error("an extra that was not given is there")
		}
		var decoded []int
		if err := message.Decode(&decoded); err != nil || decoded[0] != 1 {
			t.Errorf("decoded %v, %v", decoded, err)
		}
	}
}

func TestSendBatchReturnsIdsInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	text := "header"
	ids := must(b.client.SendBatch(b.ctx, b.queue, "job", []any{1, "two", nil}))(t)
	mixed := must(b.client.SendEvents(b.ctx, b.queue, []pgque.Event{{Type: "a", Payload: 4, Extra1: &text}, {Payload: 5}}))(t)
	b.tick()
	messages := b.receive("c")
	for at, want := range []string{`1`, `"two"`, `null`, `4`, `5`} {
		wantEqual(t, string(messages[at].Payload), want)
		wantEqual(t, messages[at].MsgID, append(ids, mixed...)[at])
	}
	wantEqual(t, *messages[3].Extra1, text)
	wantEqual(t, messages[4].Type, "default")
	wantEqual(t, len(must(b.client.SendBatch(b.ctx, b.queue, "job", nil))(t)), 0)
}

func TestWhatCannotBeStoredIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	nul, half := "a\x00b", "\xff"
	for name, event := range map[string]pgque.Event{
		"a function":     {Payload: func() {}},
		"no number":      {Payload: math.NaN()},
		"no JSON":        {Payload: json.RawMessage(`{`)},
		"NUL in a type":  {Type: nul},
		"NUL in extra":   {Extra2: &nul},
		"no valid UTF-8": {Extra1: &half},
	} {
		if _, err := b.client.Send(b.ctx, b.queue, event); !errors.Is(err, pgque.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.client.SendEvents(b.ctx, b.queue, []pgque.Event{{}, {Extra2: &half}}); !errors.Is(err, pgque.ErrInvalidArgument) {
		t.Errorf("a second extra in a batch: %v", err)
	}
	b.subscribe("c")
	b.tick()
	wantEqual(t, len(b.receive("c")), 0)
}

func TestASendInATransactionGoesWithIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	failure := errors.New("no")
	err := pgx.BeginFunc(b.ctx, b.client.Pool(), func(tx pgx.Tx) error {
		must(b.client.Using(tx).Send(b.ctx, b.queue, pgque.Event{Payload: "rolled back"}))(t)
		return failure
	})
	wantEqual(t, err, failure)
	err = pgx.BeginFunc(b.ctx, b.client.Pool(), func(tx pgx.Tx) error {
		_, err := pgque.Using(tx).Send(b.ctx, b.queue, pgque.Event{Payload: "committed"})
		return err
	})
	wantEqual(t, err, nil)
	b.tick()
	messages := b.receive("c")
	wantEqual(t, len(messages), 1)
	wantEqual(t, string(messages[0].Payload), `"committed"`)
}

func TestADelayedEventComesWhenItIsDueUnlessCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("c")
	must(b.client.SendAt(b.ctx, b.queue, pgque.Event{Payload: "due"}, time.Now().Add(-time.Hour)))(t)
	later := must(b.client.SendAfter(b.ctx, b.queue, pgque.Event{Payload: "later"}, time.Hour))(t)
	wantEqual(t, must(b.client.Cancel(b.ctx, later))(t), true)
	wantEqual(t, must(b.client.Cancel(b.ctx, later))(t), false)
	eventually(t, "the event that is due was delivered", func() bool {
		must(b.client.MaintRetryEvents(b.ctx))(t)
		b.tick()
		return len(b.receive("c")) > 0
	})
	wantEqual(t, string(b.receive("c")[0].Payload), `"due"`)
}
