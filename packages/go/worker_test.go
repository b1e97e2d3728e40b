package pgque_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pgque "github.com/NikolayS/pgque-go"
)

// TestMain is also the main function of the processes that tests kill.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if mode := os.Getenv("PGQUE_TEST_WORKER"); mode != "" {
		if err := work(mode, os.Getenv("PGQUE_TEST_WORKER_QUEUE"), os.Getenv("PGQUE_TEST_WORKER_DSN")); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work consumes until SIGTERM. It says what it handles, and waits for a line before it is done with it.
func work(mode, queue, dsn string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	client, err := pgque.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer client.Close()
	options := []pgque.ConsumerOption{pgque.WithDeadInterval(time.Second), pgque.WithPollInterval(50 * time.Millisecond)}
	switch mode {
	case "member", "blocked":
		options = append(options, pgque.WithAutoSubconsumer())
	case "exactly-once":
		options = append(options, pgque.WithExactlyOnce())
	}
	lines := bufio.NewScanner(os.Stdin)
	handle := func(message pgque.Message) {
		fmt.Println("handling", string(message.Payload))
		if mode == "blocked" {
			// No function is called, no context is looked at: three times the dead interval.
			for end := time.Now().Add(3 * time.Second); time.Now().Before(end); {
			}
			fmt.Println("unblocked")
		}
		lines.Scan()
	}
	consumer := client.NewConsumer(queue, "worker", options...)
	if mode == "exactly-once" {
		consumer.HandleTx("*", func(ctx context.Context, tx pgx.Tx, message pgque.Message) error {
			_, err := tx.Exec(ctx, "insert into ledger_"+queue+" values ($1)", string(message.Payload))
			handle(message)
			return err
		})
	} else {
		consumer.Handle("*", func(_ context.Context, message pgque.Message) error {
			handle(message)
			return nil
		})
	}
	stopping := make(chan struct{})
	context.AfterFunc(ctx, func() {
		// Begins the stop, and does not wait for it.
		_ = consumer.Stop(ctx)
		fmt.Println("stopping")
		close(stopping)
	})
	if err := consumer.Start(ctx); err != nil {
		return err
	}
	<-stopping
	health := consumer.Health()
	fmt.Printf("stopped acked=%d retried=%d\n", health.Acked, health.Retried)
	return nil
}

// worker is a process of the function above.
type worker struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	input *os.File
}

func (b *bundle) worker(mode string) *worker {
	b.t.Helper()
	cmd := exec.CommandContext(b.ctx, must(os.Executable())(b.t))
	cmd.Env = append(os.Environ(), "PGQUE_TEST_WORKER="+mode, "PGQUE_TEST_WORKER_QUEUE="+b.queue, "PGQUE_TEST_WORKER_DSN="+b.dsn)
	cmd.Stderr = os.Stderr
	reader, input, err := os.Pipe()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd.Stdin = reader
	output := must(cmd.StdoutPipe())(b.t)
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	_ = reader.Close()
	w := &worker{b.t, cmd, bufio.NewScanner(output), input}
	b.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return w
}

// want reads the next line.
func (w *worker) want(line string) {
	w.t.Helper()
	if !w.lines.Scan() || w.lines.Text() != line {
		w.t.Fatalf("the worker said %q, not %q", w.lines.Text(), line)
	}
}

// goOn lets the handler return.
func (w *worker) goOn() {
	w.t.Helper()
	must(w.input.WriteString("\n"))(w.t)
}

func (w *worker) signal(number os.Signal) {
	w.t.Helper()
	if err := w.cmd.Process.Signal(number); err != nil {
		w.t.Fatal(err)
	}
}

// exit waits for the end and gives the exit code; -1 for a signal.
func (w *worker) exit() int {
	w.t.Helper()
	err := w.cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) && !strings.Contains(err.Error(), "already") {
		w.t.Fatal(err)
	}
	return w.cmd.ProcessState.ExitCode()
}

func TestSIGTERMEndsAProcessCleanly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("worker")
	b.send("job", 1, 2)
	w := b.worker("alone")
	w.want("handling 1")
	w.signal(syscall.SIGTERM)
	w.want("stopping")
	w.goOn()
	w.want("stopped acked=1 retried=1")
	wantEqual(t, w.exit(), 0)
	wantEqual(t, len(must(b.client.InFlight(b.ctx, b.queue))(t)), 0)
}

func TestWhatAKilledProcessWasAtComesAgain(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"alone", "member", "exactly-once"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.subscribe("worker")
			table := b.ledger()
			b.send("job", 1, 2)
			first := b.worker(mode)
			first.want("handling 1")
			first.signal(syscall.SIGKILL)
			wantEqual(t, first.exit(), -1)
			second := b.worker(mode)
			second.want("handling 1")
			second.goOn()
			second.want("handling 2")
			second.goOn()
			eventually(t, "both are acknowledged", func() bool { return len(must(b.client.InFlight(b.ctx, b.queue))(t)) == 0 })
			second.signal(syscall.SIGTERM)
			second.want("stopping")
			second.want("stopped acked=2 retried=0")
			if mode == "exactly-once" {
				wantEqual(t, b.count(table), 2)
			}
		})
	}
}

func TestAFrozenMemberLosesItsBatchAndFindsOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("worker")
	b.send("job", 1)
	first := b.worker("member")
	first.want("handling 1")
	second := b.worker("member")
	first.signal(syscall.SIGSTOP)
	second.want("handling 1")
	first.signal(syscall.SIGCONT)
	first.goOn()
	second.goOn()
	eventually(t, "the batch is acknowledged", func() bool { return len(must(b.client.InFlight(b.ctx, b.queue))(t)) == 0 })
	first.signal(syscall.SIGTERM)
	first.want("stopping")
	first.want("stopped acked=0 retried=0")
	second.signal(syscall.SIGTERM)
	second.want("stopping")
	second.want("stopped acked=1 retried=0")
}

func TestABlockedHandlerKeepsItsBatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("worker")
	b.send("job", 1)
	first := b.worker("blocked")
	first.want("handling 1")
	batch := must(b.client.InFlight(b.ctx, b.queue))(t)[0].BatchID
	// It would take the batch over if it could.
	second := b.worker("member")
	first.want("unblocked")
	wantEqual(t, must(b.client.InFlight(b.ctx, b.queue))(t)[0].BatchID, batch)
	first.goOn()
	eventually(t, "the batch is acknowledged", func() bool { return len(must(b.client.InFlight(b.ctx, b.queue))(t)) == 0 })
	first.signal(syscall.SIGTERM)
	first.want("stopping")
	first.want("stopped acked=1 retried=0")
	second.signal(syscall.SIGTERM)
	second.want("stopping")
	second.want("stopped acked=0 retried=0")
}

func TestAFrozenProcessLosesItsPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.subscribe("worker")
	first := b.worker("alone")
	b.send("job", 1)
	first.want("handling 1")
	first.goOn()
	eventually(t, "it is acknowledged", func() bool { return len(must(b.client.InFlight(b.ctx, b.queue))(t)) == 0 })
	first.signal(syscall.SIGSTOP)
	second := b.worker("alone")
	b.send("job", 2)
	second.want("handling 2")
	second.goOn()
	eventually(t, "it is acknowledged", func() bool { return len(must(b.client.InFlight(b.ctx, b.queue))(t)) == 0 })
	first.signal(syscall.SIGCONT)
	first.signal(syscall.SIGTERM)
	first.want("stopping")
	first.want("stopped acked=1 retried=0")
	second.signal(syscall.SIGTERM)
	second.want("stopping")
	second.want("stopped acked=1 retried=0")
}
