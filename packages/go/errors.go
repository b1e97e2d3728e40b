package pgque

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:generate go run ./internal/generrors

// Code says what went wrong, for programs: a name of the engine's registry, or one of the constants below. It is an error
// itself, so that errors.Is(err, pgque.ErrQueueNotFound) says whether err is of this kind.
type Code string

// Error is the code in words.
func (c Code) Error() string {
	return "pgque: " + strings.ReplaceAll(string(c), "_", " ")
}

// What has no SQLSTATE of the engine.
const (
	// ErrConnectionFailed: no connection could be opened or had in time.
	ErrConnectionFailed Code = "connection_failed"
	// ErrConnectionLost: the connection broke while it was used. Whether the statement took effect is not known.
	ErrConnectionLost Code = "connection_lost"
	// ErrQueryTimeout: no answer within the time of WithQueryTimeout. Whether the statement took effect is not known.
	ErrQueryTimeout Code = "query_timeout"
	// ErrCanceled: the context of the call has ended; errors.Is(err, context.Canceled), or DeadlineExceeded, holds as well.
	// Whether the statement took effect is not known.
	ErrCanceled Code = "canceled"
	// ErrClientClosed: the client was closed before, or meanwhile.
	ErrClientClosed Code = "client_closed"
	// ErrSerializationFailure: the transaction was rolled back because of another one. Run it again.
	ErrSerializationFailure Code = "serialization_failure"
	// ErrDeadlockDetected: the transaction was rolled back because of another one. Run it again.
	ErrDeadlockDetected Code = "deadlock_detected"
	// ErrTransactionAborted: a statement of the transaction had failed before, so that the commit rolled back.
	ErrTransactionAborted Code = "transaction_aborted"
	// ErrTransactionEnded: a transaction was used after its end.
	ErrTransactionEnded Code = "transaction_ended"
	// ErrPermissionDenied: the role lacks a grant; see the roles pgque_reader, pgque_writer and pgque_admin.
	ErrPermissionDenied Code = "permission_denied"
	// ErrEngineNotInstalled: the database has no schema pgque.
	ErrEngineNotInstalled Code = "engine_not_installed"
	// ErrDatabaseError: anything else that the server says; see Error.SQLState.
	ErrDatabaseError Code = "database_error"
	// ErrAlreadyStarted: a consumer is started once, and its handlers come before.
	ErrAlreadyStarted Code = "already_started"
	// ErrNoHandlers: a consumer without handlers was started.
	ErrNoHandlers Code = "no_handlers"
	// ErrDrainTimeout: the queue was not empty before the context of Drain ended.
	ErrDrainTimeout Code = "drain_timeout"
)

// Error is every error of this package. Code says what went wrong; the message is for people and may change.
type Error struct {
	Code Code
	// SQLState is what the server sent; empty when the error does not come from the server.
	SQLState string
	Message  string
	// Detail has the identifiers that the error is about, as the server sent them.
	Detail string
	// Hint is advice.
	Hint string
	// Err is what the driver returned; nil when the error arose here.
	Err error
}

func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("pgque: " + e.Message)
	if e.Detail != "" {
		text.WriteString(": " + e.Detail)
	}
	text.WriteString(" (" + string(e.Code))
	if e.SQLState != "" {
		text.WriteString(", SQLSTATE " + e.SQLState)
	}
	text.WriteString(")")
	return text.String()
}

// Unwrap gives what the driver returned, such as a *pgconn.PgError.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the code of this error.
func (e *Error) Is(target error) bool {
	code, isCode := target.(Code)
	return isCode && code == e.Code
}

// IsRetryable reports whether the same call may succeed when it is made again: after a lost connection, a restart, a
// timeout, a conflict between transactions. A wrong password or an unknown database is not. After ErrConnectionLost and
// ErrQueryTimeout the first call may have taken effect: an event that is sent again may be there twice.
func IsRetryable(err error) bool {
	var found *Error
	if !errors.As(err, &found) || found.SQLState == "3D000" || strings.HasPrefix(found.SQLState, "28") {
		return false
	}
	switch found.Code {
	case ErrConnectionFailed, ErrConnectionLost, ErrQueryTimeout, ErrSerializationFailure, ErrDeadlockDetected:
		return true
	}
	return false
}

func invalidArgument(format string, args ...any) *Error {
	return &Error{Code: ErrInvalidArgument, Message: fmt.Sprintf(format, args...)}
}

var codeOfOtherSQLState = map[string]Code{
	"40001": ErrSerializationFailure,
	"40P01": ErrDeadlockDetected,
	// PostgreSQL's word for a commit inside a transaction block.
	"2D000": ErrTransactionNotSupported,
	"42501": ErrPermissionDenied,
	"3F000": ErrEngineNotInstalled,
	// Sent as the last word on a connection: by a shutdown, a crash, or a time limit of the session.
	"57P01": ErrConnectionLost,
	"57P02": ErrConnectionLost,
	"57P05": ErrConnectionLost,
	"25P03": ErrConnectionLost,
	"25P04": ErrConnectionLost,
	// The server takes no connection: it starts or stops, has no place left, or does not know the database.
	"57P03": ErrConnectionFailed,
	"53300": ErrConnectionFailed,
	"3D000": ErrConnectionFailed,
}

func codeOf(sqlState string) Code {
	if code, isKnown := codeOfSQLState[sqlState]; isKnown {
		return code
	}
	if code, isKnown := codeOfOtherSQLState[sqlState]; isKnown {
		return code
	}
	if strings.HasPrefix(sqlState, "28") {
		return ErrConnectionFailed
	}
	if strings.HasPrefix(sqlState, "08") {
		return ErrConnectionLost
	}
	return ErrDatabaseError
}

// fromDriver turns what pgx returned into an *Error. ctx is that of the caller, without the limit of this package.
func fromDriver(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if known, isKnown := err.(*Error); isKnown {
		return known
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return &Error{
			Code: codeOf(server.Code), SQLState: server.Code, Message: server.Message,
			Detail: server.Detail, Hint: server.Hint, Err: err,
		}
	}
	code, message := diagnose(ctx, err)
	if code == ErrCanceled && !errors.Is(err, ctx.Err()) {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return &Error{Code: code, Message: message, Err: err}
}

func diagnose(ctx context.Context, err error) (Code, string) {
	var connect *pgconn.ConnectError
	isConnect := errors.As(err, &connect)
	switch {
	case ctx.Err() != nil:
		return ErrCanceled, "the context of the call has ended"
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return ErrTransactionAborted, "what was done was rolled back, because a statement had failed"
	case errors.Is(err, pgx.ErrTxClosed):
		return ErrTransactionEnded, "the transaction has ended"
	case isConnect:
		return ErrConnectionFailed, "could not connect to the server: " + err.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ErrQueryTimeout, "the server gave no answer in time"
	case isOfNetwork(err):
		return ErrConnectionLost, "the connection was lost: " + err.Error()
	}
	return ErrDatabaseError, err.Error()
}

func isOfNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}
