package pgque

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// closeTimeout is how long Close waits for calls in flight.
const closeTimeout = 10 * time.Second

// Client sends to queues and receives from them, on connections of a pool. It may be used by many goroutines at once, and
// outlives its server: a connection that broke fails its call, and the next call opens another. Close it when nothing uses it
// any more.
type Client struct {
	Operations

	pool     *pgxpool.Pool
	isOurs   bool
	direct   *pgx.ConnConfig
	logger   *slog.Logger
	close    context.CancelFunc
	closeAll sync.Once
}

// ClientOption is an option of Connect and NewClient.
type ClientOption func(*clientSettings)

type clientSettings struct {
	applicationName string
	maxConnections  int32
	connectTimeout  time.Duration
	queryTimeout    time.Duration
	direct          string
	logger          *slog.Logger
}

// WithApplicationName says how the connections are called in pg_stat_activity. The default is the application_name of the
// connection string, else "pgque". Of Connect only.
func WithApplicationName(name string) ClientOption {
	return func(s *clientSettings) { s.applicationName = name }
}

// WithMaxConnections limits how many connections are open at once; more calls wait for a free one. The default is the
// pool_max_conns of the connection string, else 10. Of Connect only.
func WithMaxConnections(count int) ClientOption {
	return func(s *clientSettings) { s.maxConnections = int32(count) }
}

// WithConnectTimeout limits the time that a new connection may take. The default is the connect_timeout of the connection
// string, else 10 seconds. Of Connect only.
func WithConnectTimeout(limit time.Duration) ClientOption {
	return func(s *clientSettings) { s.connectTimeout = limit }
}

// WithQueryTimeout limits the time that a call may take with its waiting for a connection; then the connection is dropped, and
// the call returns ErrQueryTimeout. It bounds what a server that is frozen or cut off can hold up. The default is 30 seconds.
// Calls with Using have no limit but their context.
func WithQueryTimeout(limit time.Duration) ClientOption {
	return func(s *clientSettings) { s.queryTimeout = limit }
}

// WithDirect says where the server itself is when the rest goes through a pooler in transaction mode: LISTEN, heartbeats and
// the place of a consumer need a session of their own. The default is the address of the pool.
func WithDirect(connString string) ClientOption {
	return func(s *clientSettings) { s.direct = connString }
}

// WithLogger takes what consumers have to say. The default is slog.Default().
func WithLogger(logger *slog.Logger) ClientOption {
	return func(s *clientSettings) { s.logger = logger }
}

// Connect opens a pool of connections, and returns when the server has answered once: ErrConnectionFailed when it does not,
// ErrInvalidArgument when the connection string is none. The string is what pgx takes: a URL, or keywords and values, with
// the usual variables, PGHOST and so on, for what it leaves out.
func Connect(ctx context.Context, connString string, options ...ClientOption) (*Client, error) {
	settings := newSettings(options)
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, &Error{Code: ErrInvalidArgument, Message: "the connection string cannot be read", Err: err}
	}
	settings.applyTo(config, connString)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fromDriver(ctx, err)
	}
	client, err := newClient(pool, settings)
	if err != nil {
		pool.Close()
		return nil, err
	}
	client.isOurs = true
	limited, cancel := client.within(ctx)
	defer cancel()
	if err := pool.Ping(limited); err != nil {
		client.Close()
		return nil, fromDriver(ctx, err)
	}
	return client, nil
}

// NewClient makes a client on a pool of yours, which Close leaves open. Of the options it takes WithQueryTimeout, WithDirect
// and WithLogger.
func NewClient(pool *pgxpool.Pool, options ...ClientOption) (*Client, error) {
	return newClient(pool, newSettings(options))
}

func newSettings(options []ClientOption) clientSettings {
	settings := clientSettings{queryTimeout: 30 * time.Second, logger: slog.Default()}
	for _, option := range options {
		option(&settings)
	}
	return settings
}

func (s clientSettings) applyTo(config *pgxpool.Config, connString string) {
	runtime := config.ConnConfig.RuntimeParams
	if s.applicationName != "" {
		runtime["application_name"] = s.applicationName
	} else if runtime["application_name"] == "" {
		runtime["application_name"] = "pgque"
	}
	if s.maxConnections > 0 {
		config.MaxConns = s.maxConnections
	} else if !strings.Contains(connString, "pool_max_conns") {
		config.MaxConns = 10
	}
	if s.connectTimeout > 0 {
		config.ConnConfig.ConnectTimeout = s.connectTimeout
	} else if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
}

func newClient(pool *pgxpool.Pool, settings clientSettings) (*Client, error) {
	direct := pool.Config().ConnConfig
	if settings.direct != "" {
		parsed, err := pgx.ParseConfig(settings.direct)
		if err != nil {
			return nil, &Error{Code: ErrInvalidArgument, Message: "the direct connection string cannot be read", Err: err}
		}
		direct = parsed
	}
	closing, stop := context.WithCancel(context.Background())
	return &Client{
		Operations: Operations{db: pool, timeout: settings.queryTimeout, closing: closing},
		pool:       pool,
		direct:     direct,
		logger:     settings.logger,
		close:      stop,
	}, nil
}

// Pool gives the pool, for transactions of your own: see pgx.BeginFunc.
func (c *Client) Pool() *pgxpool.Pool { return c.pool }

// Using is as the function Using.
func (c *Client) Using(db Querier) *Operations { return Using(db) }

// Close closes the connections, when calls in flight have ended, or after 10 seconds. Consumers of the client end at once:
// stop them first. A pool that NewClient was given stays open.
func (c *Client) Close() {
	c.closeAll.Do(func() {
		c.close()
		if !c.isOurs {
			return
		}
		closed := make(chan struct{})
		go func() {
			c.pool.Close()
			close(closed)
		}()
		select {
		case <-closed:
		case <-time.After(closeTimeout):
		}
	})
}
