package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// answerTimeout limits one request to the server.
const answerTimeout = 5 * time.Second

// request sends one request to the server. It fails at once if the server denies a permission for a
// subject that matches.
func request[T any](ctx context.Context, s *Sink, matches func(subject string) bool, send func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	ctx, done := s.asyncErrors.watch(ctx, matches)
	defer done()
	answer, err := send(ctx)
	return answer, permissionError(ctx, simplify(err))
}

// noResponse reports whether no stream received the message, for instance because it was deleted.
func noResponse(err error) bool {
	return isAny(err, jetstream.ErrNoStreamResponse, nats.ErrNoResponders, jetstream.ErrStreamNotFound, errAnotherStream)
}

// Error codes of the server that package jetstream does not name.
const (
	codeNoPeers       jetstream.ErrorCode = 10005 // in a cluster; its servers may come back
	codeNoAccount     jetstream.ErrorCode = 10035
	codeOtherStream   jetstream.ErrorCode = 10060 // another stream has the subject
	codeOverlap       jetstream.ErrorCode = 10065
	codeNoReplication jetstream.ErrorCode = 10074 // replicas on a single server
	codeSealed        jetstream.ErrorCode = 10109
)

var errAnotherStream = &jetstream.APIError{ErrorCode: codeOtherStream}

// withAdvice returns err, or an error with store.ErrRefused and advice if it will not pass by
// itself.
func withAdvice(err error) error {
	failure, answered := errors.AsType[*jetstream.APIError](err)
	switch {
	case err == nil, errors.Is(err, store.ErrRefused):
		return err
	case isAny(err, nats.ErrNoResponders, jetstream.ErrJetStreamNotEnabled, jetstream.ErrJetStreamNotEnabledForAccount),
		answered && failure.ErrorCode == codeNoAccount:
		return fmt.Errorf("%w: NATS has no JetStream for this account: enable it on the server, or use another account", store.ErrRefused)
	case isAny(err, jetstream.ErrInvalidStreamName, jetstream.ErrInvalidBucketName, jetstream.ErrBadBucket):
		return fmt.Errorf("%w: %w: choose another name", store.ErrRefused, err)
	case answered && failure.ErrorCode == codeNoReplication:
		return fmt.Errorf("%w: a single NATS server cannot replicate: choose 1 replica, or use a cluster", store.ErrRefused)
	case answered && failure.Code/100 == 4 && failure.ErrorCode != codeNoPeers:
		return fmt.Errorf("%w: %w: change the settings, or the limits of the NATS account", store.ErrRefused, err)
	}
	return err
}
