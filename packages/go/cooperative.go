package pgque

import (
	"context"
	"time"
)

// MemberOption is an option of RegisterSubconsumer, UnregisterSubconsumer and ReceiveCoop.
type MemberOption func(*memberSettings)

type memberSettings struct {
	convertNormal bool
	batchHandling int
	maxMessages   int
	dead          *time.Duration
}

func newMemberSettings(options []MemberOption) memberSettings {
	settings := memberSettings{maxMessages: defaultMaxMessages}
	for _, option := range options {
		option(&settings)
	}
	return settings
}

// ConvertNormal makes a normal consumer a cooperative one, which by default is ErrConsumerIsNormal.
func ConvertNormal() MemberOption {
	return func(s *memberSettings) { s.convertNormal = true }
}

// GiveBatchBack lets a member leave with an open batch, whose messages are given back. By default that is ErrBatchOpen.
func GiveBatchBack() MemberOption {
	return func(s *memberSettings) { s.batchHandling = 1 }
}

// MaxMessages is how many messages a batch has at most. The default is 100.
func MaxMessages(count int) MemberOption {
	return func(s *memberSettings) { s.maxMessages = count }
}

// TakeOverAfter takes the batch of a member over that was not heard of for so long. The default is never.
func TakeOverAfter(silence time.Duration) MemberOption {
	return func(s *memberSettings) { s.dead = &silence }
}

// RegisterSubconsumer makes a member, and the consumer when it is not there: 1, or 0 when the member was there. Takes
// ConvertNormal. Role pgque_reader.
func (o *Operations) RegisterSubconsumer(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) (int, error) {
	return o.addMember(ctx, "register_subconsumer", queue, consumer, subconsumer, options)
}

// SubscribeSubconsumer is the same as RegisterSubconsumer.
func (o *Operations) SubscribeSubconsumer(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) (int, error) {
	return o.addMember(ctx, "subscribe_subconsumer", queue, consumer, subconsumer, options)
}

func (o *Operations) addMember(ctx context.Context, name, queue, consumer, subconsumer string, options []MemberOption) (int, error) {
	settings := newMemberSettings(options)
	return scalar[int](ctx, o, `select pgque.`+name+`($1::text, $2::text, $3::text, $4::boolean)`,
		queue, consumer, subconsumer, settings.convertNormal)
}

// UnregisterSubconsumer removes a member: 1, or 0 when there was none. The last to leave turns the consumer normal again.
// Takes GiveBatchBack. Role pgque_reader.
func (o *Operations) UnregisterSubconsumer(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) (int, error) {
	return o.removeMember(ctx, "unregister_subconsumer", queue, consumer, subconsumer, options)
}

// UnsubscribeSubconsumer is the same as UnregisterSubconsumer.
func (o *Operations) UnsubscribeSubconsumer(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) (int, error) {
	return o.removeMember(ctx, "unsubscribe_subconsumer", queue, consumer, subconsumer, options)
}

func (o *Operations) removeMember(ctx context.Context, name, queue, consumer, subconsumer string, options []MemberOption) (int, error) {
	settings := newMemberSettings(options)
	return scalar[int](ctx, o, `select pgque.`+name+`($1::text, $2::text, $3::text, $4::integer)`,
		queue, consumer, subconsumer, settings.batchHandling)
}

// ReceiveCoop is Receive for a member, which it registers when it is missing: its open batch again, else that of a member
// that is silent, else the next. Each message goes to one of the members. No messages: nothing is left, or the transaction of
// another member holds the consumer; call it outside a transaction. Takes MaxMessages and TakeOverAfter. Role pgque_reader.
func (o *Operations) ReceiveCoop(ctx context.Context, queue, consumer, subconsumer string, options ...MemberOption) ([]Message, error) {
	settings := newMemberSettings(options)
	return many(ctx, o, scanMessage,
		`select `+messageColumns+` from pgque.receive_coop($1::text, $2::text, $3::text, $4::integer, $5::interval) m`,
		queue, consumer, subconsumer, settings.maxMessages, settings.dead)
}

// TouchSubconsumer is the heartbeat of a member at work: 1, or 0 when it has no batch, or has lost it. Role pgque_reader.
func (o *Operations) TouchSubconsumer(ctx context.Context, queue, consumer, subconsumer string) (int, error) {
	return scalar[int](ctx, o, `select pgque.touch_subconsumer($1::text, $2::text, $3::text)`, queue, consumer, subconsumer)
}
