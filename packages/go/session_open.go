package pgque

import (
	"context"
	"crypto/rand"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

func (s *session) connect(ctx context.Context) (*pgx.Conn, error) {
	config := s.client.direct.Copy()
	limit := config.ConnectTimeout
	if limit <= 0 {
		limit = 10 * time.Second
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return pgx.ConnectConfig(limited, config)
}

// prove reports whether a notification from another connection arrives.
func (s *session) prove(ctx context.Context, conn *pgx.Conn) (bool, error) {
	channel := "pgque:own:" + rand.Text()
	err := within(ctx, pingTimeout, func(ctx context.Context) error {
		_, err := conn.Exec(ctx, `listen `+pgx.Identifier{channel}.Sanitize())
		return err
	})
	if err != nil {
		return false, err
	}
	if err := s.client.run(ctx, `select pg_notify($1::text, '')`, channel); err != nil {
		return false, err
	}
	isHeard := false
	err = within(ctx, probeTimeout, func(ctx context.Context) error {
		for !isHeard {
			notification, err := conn.WaitForNotification(ctx)
			if err != nil {
				return err
			}
			isHeard = notification.Channel == channel
		}
		return nil
	})
	if err != nil && (conn.IsClosed() || ctx.Err() != nil) {
		return false, err
	}
	return isHeard, within(ctx, pingTimeout, func(ctx context.Context) error {
		_, err := conn.Exec(ctx, `unlisten *`)
		return err
	})
}

// settleDown begins to listen, on a connection that is proven.
func (s *session) settleDown(ctx context.Context, conn *pgx.Conn) error {
	return within(ctx, pingTimeout, func(ctx context.Context) error {
		if s.lease > 0 {
			limit := strconv.FormatInt(max(1, s.lease.Milliseconds()), 10)
			if _, err := conn.Exec(ctx, `select set_config('idle_session_timeout', $1::text, false)`, mode, limit); err != nil {
				return err
			}
		}
		_, err := conn.Exec(ctx, `listen `+pgx.Identifier{s.channel}.Sanitize())
		return err
	})
}

func (s *session) warnDeaf() {
	if s.isWarned {
		return
	}
	s.isWarned = true
	s.client.logger.Warn("notifications do not arrive, probably because of a pooler: the consumer polls, and several "+
		"processes of one consumer would all get the same messages unless they are members",
		"channel", s.channel, "hint", "say where the server itself is, WithDirect")
}

// closeConn says goodbye to a server that answers, and drops the connection otherwise.
func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	_ = conn.Close(ctx)
}
