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

// answerTimeout is how long one question to the server may take.
const answerTimeout = 5 * time.Second

// request puts one question to the server. It fails at once if the server does not permit something
// that concerns the question.
func request[T any](ctx context.Context, s *Sink, concerns func(subject string) bool, question func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	ctx, done := s.asyncErrors.watch(ctx, concerns)
	defer done()
	answer, err := question(ctx)
	return answer, permissionError(ctx, simplify(err))
}

// noResponse reports whether nobody listens to what was sent, as it is when a stream was deleted.
func noResponse(err error) bool {
	return isAny(err, jetstream.ErrNoStreamResponse, nats.ErrNoResponders, jetstream.ErrStreamNotFound, errAnotherStream)
}

// Codes of the server's errors that package jetstream has no names for.
const (
	codeNoPeers       jetstream.ErrorCode = 10005 // of a cluster, whose servers may come back
	codeNoAccount     jetstream.ErrorCode = 10035
	codeOtherStream   jetstream.ErrorCode = 10060 // another stream has the subject
	codeOverlap       jetstream.ErrorCode = 10065
	codeNoReplication jetstream.ErrorCode = 10074 // replicas on a server that is alone
	codeSealed        jetstream.ErrorCode = 10109
)

var errAnotherStream = &jetstream.APIError{ErrorCode: codeOtherStream}

// withAdvice marks those errors of JetStream's administration that stay until somebody changes
// something, and says what.
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
		return fmt.Errorf("%w: the NATS server is alone and cannot replicate: choose 1 replica, or use a cluster", store.ErrRefused)
	case answered && failure.Code/100 == 4 && failure.ErrorCode != codeNoPeers:
		return fmt.Errorf("%w: %w: change the settings, or the limits of the NATS account", store.ErrRefused, err)
	}
	return err
}
