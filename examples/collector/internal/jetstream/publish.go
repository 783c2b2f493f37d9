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
	inFlight   = 256             // messages published and not acknowledged yet, of one feed
	ackTimeout = 5 * time.Second // after which a message counts as not stored, and is published again
)

// publish has the stream store all events. Those whose acknowledgement is missing are published
// again under the same id, until the stream has them.
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
			left, err := w.round(ctx, messages)
			if _, final := errors.AsType[permanent](err); len(left) < len(messages) && !final {
				err = nil // some got through, so patience begins anew
			}
			messages = left
			return err
		}
		if err := w.patiently(ctx, round); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) message(e activity.Event) (*nats.Msg, error) {
	m := nats.NewMsg(w.subject)
	var err error
	if m.Data, err = w.sink.options.Format.Encode(e); err != nil {
		return nil, permanent{err}
	}
	m.Header.Set(jetstream.MsgIDHeader, messageID(w.feed, e.Key))
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

// round publishes the messages, a bounded number of them in flight, and gives those that the stream
// does not have for certain, with the latest reason. It stops where the lease is in doubt.
func (w *Writer) round(ctx context.Context, messages []*nats.Msg) (left []*nats.Msg, why error) {
	var flying []jetstream.PubAckFuture
	land := func() {
		if err := await(ctx, flying[0]); err != nil {
			left, why = append(left, flying[0].Msg()), err
		}
		flying = flying[1:]
	}
	for i, m := range messages {
		if len(flying) == inFlight {
			land()
		}
		err := why
		if _, held, _ := w.lease.state(); held && err == nil {
			var ack jetstream.PubAckFuture
			if ack, err = w.sink.stream.PublishMsgAsync(m); err == nil {
				flying = append(flying, ack)
				continue
			}
			err = refused(err, m.Data)
		}
		left, why = append(left, messages[i:]...), err
		break
	}
	for len(flying) > 0 {
		land()
	}
	return left, why
}

// await waits for the stream's word on one message, which comes at the latest after ackTimeout.
func await(ctx context.Context, ack jetstream.PubAckFuture) error {
	select {
	case <-ack.Ok():
		return nil
	case err := <-ack.Err():
		return refused(err, ack.Msg().Data)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refused says why something was not stored, and whether it ever can be.
func refused(err error, data []byte) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return permanent{fmt.Errorf("%d bytes and their headers are more than the server's max_payload allows: raise it", len(data))}
	case errors.Is(err, jetstream.ErrStreamMessageExceedsMaximum):
		return permanent{fmt.Errorf("%d bytes and their headers are more than the stream's max_msg_size allows: raise it", len(data))}
	default:
		return fmt.Errorf("NATS does not store what it is sent: %w", err)
	}
}
