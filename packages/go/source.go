package pgque

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// source is where the batches of a consumer come from.
type source interface {
	// join makes sure that the consumer is there and can be read.
	join(ctx context.Context) error
	// place is whether this process may read.
	place() placeState
	// receive opens the next batch, or returns the open one again. The second result ends when another process has it.
	receive(ctx context.Context) ([]Message, context.Context, error)
	pollInterval(isHearing bool) time.Duration
	// settling is called before the batch is settled.
	settling()
	// leave gives up what this process holds of the subscription.
	leave(ctx context.Context) error
}

func isCode(err error, code Code) bool { return errors.Is(err, code) }

// requireSubscription subscribes when it is said where to begin. Returns the names of the queue's consumers.
func requireSubscription(ctx context.Context, client *Client, settings *consumerSettings) ([]string, error) {
	if _, err := client.GetQueueConfig(ctx, settings.queue); err != nil {
		return nil, err
	}
	stats, err := client.ConsumerStats(ctx, settings.queue)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, each := range stats {
		names = append(names, each.Consumer)
	}
	if slices.Contains(names, settings.name) {
		return names, nil
	}
	if settings.startAt == nil {
		return nil, &Error{
			Code: ErrConsumerNotRegistered, Message: "consumer not registered: " + settings.queue + ", " + settings.name,
			Hint: "Say where it begins, WithStartAt(pgque.Latest()) or Earliest, or call Subscribe.",
		}
	}
	_, err = client.SubscribeAt(ctx, settings.queue, settings.name, *settings.startAt)
	return names, err
}

// soleSource reads a consumer without members. Its batch stays open until it is settled, in whatever process.
type soleSource struct {
	client   *Client
	settings *consumerSettings
	held     *place
	session  *session
}

func (s *soleSource) join(ctx context.Context) error {
	names, err := requireSubscription(ctx, s.client, s.settings)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, s.settings.name+".") {
			return &Error{
				Code: ErrConsumerIsCooperative, Message: "consumer is cooperative: " + s.settings.queue + ", " + s.settings.name,
				Hint: "It has members: start this one WithAutoSubconsumer too, or let the last of them unregister.",
			}
		}
	}
	return nil
}

func (s *soleSource) place() placeState { return s.held.current() }

// receive asks on the session that holds the place: its answer proves that the place was still held.
func (s *soleSource) receive(ctx context.Context) ([]Message, context.Context, error) {
	queue, name, maxMessages := s.settings.queue, s.settings.name, s.settings.maxMessages
	lost := context.Background()
	if s.held.current() == placeless {
		messages, err := s.client.Receive(ctx, queue, name, maxMessages)
		return messages, lost, err
	}
	limited, cancel := s.client.within(ctx)
	defer cancel()
	var messages []Message
	err := s.session.do(limited, func(ctx context.Context, conn *pgx.Conn) error {
		received, err := Using(conn).Receive(ctx, queue, name, maxMessages)
		messages = received
		return err
	})
	if err != nil {
		return nil, lost, err
	}
	return messages, lost, nil
}

func (s *soleSource) pollInterval(isHearing bool) time.Duration {
	if isHearing {
		return s.settings.idlePollInterval
	}
	return s.settings.pollInterval
}

func (s *soleSource) settling() {}

func (s *soleSource) leave(context.Context) error { return nil }

// autoName says when the members of WithAutoSubconsumer were born: those of processes that are gone are known by it.
var autoName = regexp.MustCompile(`^auto-([0-9a-z]+)-`)

func newMemberName() string {
	host, _ := os.Hostname()
	host = regexp.MustCompile(`[^A-Za-z0-9-]`).ReplaceAllString(host, "-")
	if len(host) > 30 {
		host = host[:30]
	}
	born := strconv.FormatInt(time.Now().UnixMilli(), 36)
	return "auto-" + born + "-" + host + "-" + strconv.Itoa(os.Getpid()) + "-" + strings.ToLower(rand.Text()[:8])
}

// memberSource is one member of a cooperative consumer. When its process is gone, or silent, the batch goes to another.
type memberSource struct {
	client   *Client
	settings *consumerSettings
	beats    *heartbeat
	session  *session
}

// join registers this process, and removes members that died: their batches have been taken over long ago.
func (s *memberSource) join(ctx context.Context) error {
	if _, err := requireSubscription(ctx, s.client, s.settings); err != nil {
		return err
	}
	if err := s.register(ctx); err != nil {
		return err
	}
	stats, err := s.client.ConsumerStats(ctx, s.settings.queue)
	if err != nil {
		return err
	}
	longAgo := max(10*s.settings.deadInterval, time.Minute)
	for _, each := range stats {
		member, isMember := strings.CutPrefix(each.Consumer, s.settings.name+".")
		if isMember && each.BatchID == nil && isDead(member, each.LastSeen, longAgo) {
			_, _ = s.client.UnregisterSubconsumer(ctx, s.settings.queue, s.settings.name, member)
		}
	}
	return nil
}

func isDead(member string, lastSeen *time.Duration, longAgo time.Duration) bool {
	found := autoName.FindStringSubmatch(member)
	if found == nil {
		return false
	}
	if lastSeen != nil {
		return *lastSeen > longAgo
	}
	born, err := strconv.ParseInt(found[1], 36, 64)
	return err == nil && time.Since(time.UnixMilli(born)) > longAgo
}

func (s *memberSource) register(ctx context.Context) error {
	_, err := s.client.RegisterSubconsumer(ctx, s.settings.queue, s.settings.name, s.settings.member, ConvertNormal())
	return err
}

func (s *memberSource) place() placeState { return placeless }

func (s *memberSource) receive(ctx context.Context) ([]Message, context.Context, error) {
	lost, lose := context.WithCancel(context.Background())
	messages, err := s.ask(ctx)
	if isCode(err, ErrConsumerIsNormal) {
		// It was removed for its silence, and then the last of the others left.
		if err = s.register(ctx); err == nil {
			messages, err = s.ask(ctx)
		}
	}
	if len(messages) == 0 {
		lose()
		return nil, context.Background(), err
	}
	s.beats.begin(lose)
	s.session.nudge()
	return messages, lost, nil
}

func (s *memberSource) ask(ctx context.Context) ([]Message, error) {
	return s.client.ReceiveCoop(ctx, s.settings.queue, s.settings.name, s.settings.member,
		MaxMessages(s.settings.maxMessages), TakeOverAfter(s.settings.deadInterval))
}

// pollInterval does not heed notifications: the batch of a process that died is announced by nobody.
func (s *memberSource) pollInterval(bool) time.Duration {
	return min(s.settings.pollInterval, s.settings.deadInterval)
}

func (s *memberSource) settling() { s.beats.end() }

func (s *memberSource) leave(ctx context.Context) error {
	s.beats.end()
	_, err := s.client.UnregisterSubconsumer(ctx, s.settings.queue, s.settings.name, s.settings.member, GiveBatchBack())
	return err
}
