package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

const (
	inFlight   = 256             // unacknowledged messages of one feed
	ackTimeout = 5 * time.Second // then the message is published again
)

// publish publishes all events until the stream has acknowledged each. It publishes an event again,
// with the same id, if the acknowledgement is missing.
func (w *Writer) publish(ctx context.Context, events []activity.Event) error {
	messages := make([]*nats.Msg, len(events))
	for i, e := range events {
		var err error
		if messages[i], err = w.message(e); err != nil {
			return err
		}
	}
	for len(messages) > 0 {
		round := func(ctx context.Context) error {
			left, err := w.publishOnce(ctx, messages)
			if noResponse(err) {
				err = w.checkStream(ctx, err)
			}
			if len(left) < len(messages) && !errors.Is(err, store.ErrRefused) {
				err = nil // some were stored, so the time for retries starts again
			}
			messages = left
			return err
		}
		if err := w.retry(ctx, round); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) message(e activity.Event) (*nats.Msg, error) {
	m := nats.NewMsg(w.subject)
	var err error
	if m.Data, err = w.sink.options.Format.Encode(e); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrRefused, err)
	}
	m.Header.Set(jetstream.MsgIDHeader, messageID(w.feed, e.Key))
	m.Header.Set(jetstream.ExpectedStreamHeader, w.sink.options.Stream) // in case another stream has the subject now
	set := func(name, value string) {
		if value != "" {
			m.Header.Set(name, value)
		}
	}
	set("Activity-Vendor", e.Vendor)
	set("Activity-Key", e.Key)
	set("Activity-Kind", string(e.Kind))
	set("Activity-Action", e.Action)
	set("Activity-Actor", store.Who(e.Actor))
	if !e.Time.IsZero() {
		set("Activity-Time", e.Time.UTC().Format(time.RFC3339Nano))
	}
	return m, nil
}

// checkStream returns err, or the reason why no stream stored the messages: the stream was deleted
// or has other subjects now.
func (w *Writer) checkStream(ctx context.Context, err error) error {
	if _, missing := w.sink.currentStream(ctx); errors.Is(missing, store.ErrRefused) {
		return missing
	}
	return err
}

// publishOnce publishes the messages, with at most inFlight unacknowledged. It returns the messages
// that may not be stored, with the latest reason. It stops early if the lease is not held for
// certain.
func (w *Writer) publishOnce(ctx context.Context, messages []*nats.Msg) (left []*nats.Msg, why error) {
	ctx, done := w.sink.asyncErrors.watch(ctx, func(subject string) bool { return subject == w.subject })
	defer done()
	var pending []jetstream.PubAckFuture
	awaitOldest := func() {
		if err := w.await(ctx, pending[0]); err != nil {
			left, why = append(left, pending[0].Msg()), err
		}
		pending = pending[1:]
	}
	for i, m := range messages {
		if len(pending) == inFlight {
			awaitOldest()
		}
		err := why
		if held, _, _ := w.lease.state(); held && err == nil {
			var ack jetstream.PubAckFuture
			if ack, err = w.sink.stream.PublishMsgAsync(m); err == nil {
				pending = append(pending, ack)
				continue
			}
			err = storeError(err, m.Data)
		}
		left, why = append(left, messages[i:]...), err
		break
	}
	for len(pending) > 0 {
		awaitOldest()
	}
	return left, why
}

// await waits for the acknowledgement of one message, at most ackTimeout.
func (w *Writer) await(ctx context.Context, future jetstream.PubAckFuture) error {
	select {
	case ack := <-future.Ok():
		w.stream.Sequence = max(w.stream.Sequence, ack.Sequence)
		return nil
	case err := <-future.Err():
		return storeError(err, future.Msg().Data)
	case <-ctx.Done():
		return permissionError(ctx, ctx.Err())
	}
}

// storeError returns the error for a message that was not stored. It has store.ErrRefused if no
// retry can succeed.
func storeError(err error, data []byte) error {
	failure, answered := errors.AsType[*jetstream.APIError](err)
	switch {
	case errors.Is(err, store.ErrRefused):
		return err
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %d bytes and their headers are more than the server's max_payload allows: raise it", store.ErrRefused, len(data))
	case errors.Is(err, jetstream.ErrStreamMessageExceedsMaximum):
		return fmt.Errorf("%w: %d bytes and their headers are more than the stream's max_msg_size allows: raise it", store.ErrRefused, len(data))
	case answered && failure.ErrorCode == codeSealed:
		return fmt.Errorf("%w: the stream is sealed and cannot store anything: choose another stream", store.ErrRefused)
	case isAny(simplify(err), errUnavailable, errNoAnswer):
		return simplify(err)
	default:
		return fmt.Errorf("NATS does not store what it is sent: %w", err)
	}
}
