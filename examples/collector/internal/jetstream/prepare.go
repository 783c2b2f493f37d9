package jetstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// prepare finds or makes the stream and the bucket.
func (s *Sink) prepare(ctx context.Context) error {
	js, err := jetstream.New(s.conn, jetstream.WithPublishAsyncTimeout(ackTimeout), jetstream.WithPublishAsyncMaxPending(2*inFlight))
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	s.stream = js
	if s.bucket, err = s.findBucket(ctx); err != nil {
		return fmt.Errorf("look for bucket %s: %w", s.options.Bucket, explained(err))
	}
	info, err := s.findStream(ctx)
	if err != nil {
		return fmt.Errorf("look for stream %s: %w", s.options.Stream, explained(err))
	}
	if info == nil {
		if info, err = s.makeStream(ctx); err != nil {
			return fmt.Errorf("make stream %s: %w", s.options.Stream, explained(err))
		}
	}
	if err := s.options.serves(info.Config); err != nil {
		return err
	}
	if s.bucket == nil {
		if s.bucket, err = s.makeBucket(ctx); err != nil {
			return fmt.Errorf("make bucket %s: %w", s.options.Bucket, explained(err))
		}
	}
	return nil
}

// first is what concerns the questions that are asked before there are others: everything.
func first(string) bool { return true }

// findStream returns nil if there is none.
func (s *Sink) findStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	name := s.options.Stream
	found, err := ask(ctx, s, func(subject string) bool { return subject == "$JS.API.STREAM.INFO."+name }, func(ctx context.Context) (*jetstream.StreamInfo, error) {
		stream, err := s.stream.Stream(ctx, name)
		if err != nil {
			return nil, err
		}
		return stream.CachedInfo(), nil
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	return found, err
}

// findBucket returns nil if there is none.
func (s *Sink) findBucket(ctx context.Context) (jetstream.KeyValue, error) {
	found, err := ask(ctx, s, first, func(ctx context.Context) (jetstream.KeyValue, error) { return s.stream.KeyValue(ctx, s.options.Bucket) })
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	return found, err
}

func (s *Sink) makeStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	made, err := ask(ctx, s, first, func(ctx context.Context) (jetstream.Stream, error) {
		return s.stream.CreateStream(ctx, jetstream.StreamConfig{
			Name: s.options.Stream, Description: "activity records, one message each", Subjects: []string{s.options.subjects()},
			Storage: jetstream.FileStorage, Duplicates: s.options.Duplicates, Replicas: s.options.Replicas,
			Discard: jetstream.DiscardNew,
		})
	})
	switch failure, _ := errors.AsType[*jetstream.APIError](err); {
	case err == nil:
		return made.CachedInfo(), nil
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse): // another collector was quicker
		return s.findStream(ctx)
	case failure != nil && failure.ErrorCode == codeOverlap:
		return nil, fmt.Errorf("%w: %s listens to a part of %s: choose another subject, or let it listen to others",
			store.ErrRefused, s.listener(ctx), s.options.subjects())
	}
	return nil, err
}

// listener names the stream that has a part of the subjects.
func (s *Sink) listener(ctx context.Context) string {
	name, err := ask(ctx, s, first, func(ctx context.Context) (string, error) {
		return s.stream.StreamNameBySubject(ctx, s.options.subjects())
	})
	if err != nil {
		return "another stream" // which the user may not be permitted to know
	}
	return "stream " + name
}

func (s *Sink) makeBucket(ctx context.Context) (jetstream.KeyValue, error) {
	made, err := ask(ctx, s, first, func(ctx context.Context) (jetstream.KeyValue, error) {
		return s.stream.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: s.options.Bucket, Description: "checkpoints and leases of activity collectors",
			History: 1, Storage: jetstream.FileStorage, Replicas: s.options.Replicas,
		})
	})
	if errors.Is(err, jetstream.ErrBucketExists) { // another collector was quicker, with other settings
		made, err = s.findBucket(ctx)
	}
	return made, err
}

// serves refuses a stream whose settings do not do.
func (o Options) serves(config jetstream.StreamConfig) error {
	name := o.Stream
	switch {
	case !listens(config.Subjects, o.subjects()):
		return fmt.Errorf("%w: stream %s does not listen to %s: nats stream edit %s --subjects %q", store.ErrRefused, name, o.subjects(), name, o.subjects())
	case config.Duplicates < o.Duplicates:
		return fmt.Errorf("%w: stream %s recognizes duplicates for %v only, less than %v: nats stream edit %s --dupe-window %v",
			store.ErrRefused, name, config.Duplicates, o.Duplicates, name, o.Duplicates)
	case config.NoAck:
		return fmt.Errorf("%w: stream %s does not acknowledge what it stores: nats stream edit %s --ack", store.ErrRefused, name, name)
	case config.Sealed:
		return fmt.Errorf("%w: stream %s is sealed and takes no more: choose another stream", store.ErrRefused, name)
	}
	return nil
}
