package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// prepare finds the stream and the bucket, or creates them. If only one of them exists, the other
// was deleted, and prepare creates it only with Options.Reset.
//
// Other collectors may start at the same time. All create the stream before the bucket, and store
// nothing before both exist. So if the bucket is found, the stream existed already.
func (s *Sink) prepare(ctx context.Context) error {
	var err error
	if s.bucket, err = s.findBucket(ctx); err != nil {
		return fmt.Errorf("look for bucket %s: %w", s.options.Bucket, withAdvice(err))
	}
	info, err := s.findStream(ctx)
	if err != nil {
		return fmt.Errorf("look for stream %s: %w", s.options.Stream, withAdvice(err))
	}
	if err := s.checkForLoss(ctx, info); err != nil {
		return err
	}
	if info == nil {
		if info, err = s.makeStream(ctx); err != nil {
			return fmt.Errorf("make stream %s: %w", s.options.Stream, withAdvice(err))
		}
	}
	if err := s.options.checkStream(info.Config); err != nil {
		return err
	}
	s.openedStream = identityOf(info)
	if s.bucket == nil {
		if s.bucket, err = s.makeBucket(ctx); err != nil {
			return fmt.Errorf("make bucket %s: %w", s.options.Bucket, withAdvice(err))
		}
	}
	return nil
}

// anySubject matches every subject, for the requests that are sent before there can be others.
func anySubject(string) bool { return true }

// findStream returns nil if the stream does not exist.
func (s *Sink) findStream(ctx context.Context, o ...jetstream.StreamInfoOpt) (*jetstream.StreamInfo, error) {
	name := s.options.Stream
	found, err := request(ctx, s, func(subject string) bool { return subject == "$JS.API.STREAM.INFO."+name }, func(ctx context.Context) (*jetstream.StreamInfo, error) {
		stream, err := s.stream.Stream(ctx, name)
		if err != nil {
			return nil, err
		}
		if len(o) > 0 {
			return stream.Info(ctx, o...)
		}
		return stream.CachedInfo(), nil
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	return found, err
}

// findBucket returns nil if the bucket does not exist.
func (s *Sink) findBucket(ctx context.Context) (jetstream.KeyValue, error) {
	found, err := request(ctx, s, anySubject, func(ctx context.Context) (jetstream.KeyValue, error) { return s.stream.KeyValue(ctx, s.options.Bucket) })
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	return found, err
}

func (s *Sink) makeStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	made, err := request(ctx, s, anySubject, func(ctx context.Context) (jetstream.Stream, error) {
		return s.stream.CreateStream(ctx, jetstream.StreamConfig{
			Name: s.options.Stream, Description: "activity records, one message each", Subjects: []string{s.options.subjects()},
			Storage: jetstream.FileStorage, Duplicates: s.options.Duplicates, Replicas: s.options.Replicas,
			Discard: jetstream.DiscardNew, Metadata: map[string]string{idKey: rand.Text()},
		})
	})
	switch failure, _ := errors.AsType[*jetstream.APIError](err); {
	case err == nil:
		return made.CachedInfo(), nil
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse): // another collector was quicker
		info, err := s.findStream(ctx)
		if err == nil && info == nil {
			err = s.errStreamDeleted()
		}
		return info, err
	case failure != nil && failure.ErrorCode == codeOverlap:
		return nil, fmt.Errorf("%w: %s listens to a part of %s: choose another subject, or let it listen to others",
			store.ErrRefused, s.listener(ctx), s.options.subjects())
	}
	return nil, err
}

// listener names the stream that listens to a part of the subjects.
func (s *Sink) listener(ctx context.Context) string {
	name, err := request(ctx, s, anySubject, func(ctx context.Context) (string, error) {
		return s.stream.StreamNameBySubject(ctx, s.options.subjects())
	})
	if err != nil {
		return "another stream" // which the user may not be permitted to know
	}
	return "stream " + name
}

func (s *Sink) makeBucket(ctx context.Context) (jetstream.KeyValue, error) {
	made, err := request(ctx, s, anySubject, func(ctx context.Context) (jetstream.KeyValue, error) {
		return s.stream.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: s.options.Bucket, Description: "checkpoints and leases of activity collectors",
			History: 1, Storage: jetstream.FileStorage, Replicas: s.options.Replicas,
		})
	})
	if errors.Is(err, jetstream.ErrBucketExists) { // another collector was quicker, with other settings
		if made, err = s.findBucket(ctx); err == nil && made == nil {
			err = s.errBucketDeleted()
		}
	}
	return made, err
}

// checkStream returns an error with store.ErrRefused if the stream's settings are not sufficient.
func (o Options) checkStream(config jetstream.StreamConfig) error {
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
		return fmt.Errorf("%w: stream %s is sealed and cannot store anything: choose another stream", store.ErrRefused, name)
	}
	return nil
}

// checkForLoss returns an error if only one of stream and bucket exists, and its content belongs to
// the other.
func (s *Sink) checkForLoss(ctx context.Context, info *jetstream.StreamInfo) error {
	switch {
	case s.options.Reset:
		return nil
	case info == nil && s.bucket != nil:
		return s.checkForLostStream(ctx)
	case info != nil && s.bucket == nil:
		return s.checkForLostBucket(ctx)
	}
	return nil
}

// checkForLostStream returns an error if the bucket has checkpoints, whose stream does not exist.
func (s *Sink) checkForLostStream(ctx context.Context) error {
	all, err := request(ctx, s, anySubject, s.checkpoints)
	if err != nil {
		return fmt.Errorf("read the checkpoints in bucket %s: %w", s.options.Bucket, withAdvice(err))
	}
	var latest checkpointValue
	for _, one := range all {
		if one.Checkpoint.Watermark().After(latest.Checkpoint.Watermark()) {
			latest = one
		}
	}
	if len(all) == 0 {
		return nil
	}
	many, until := len(all), latest.Checkpoint.Watermark().UTC().Format(time.RFC3339)
	made := ""
	if in := latest.Stream; in != nil {
		if in.Name != s.options.Stream {
			return fmt.Errorf("%w: stream %s does not exist, and bucket %s has the checkpoints of feeds (%d) whose records up to %s are in stream %s of %s: choose another bucket, or that stream",
				store.ErrRefused, s.options.Stream, s.options.Bucket, many, until, in.Name, formatTime(in.Created))
		}
		made = " of " + formatTime(in.Created)
	}
	return fmt.Errorf("%w: stream %s%s does not exist any more, and bucket %s has the checkpoints of feeds (%d) whose records up to %s were in it. "+restoreAdvice,
		store.ErrRefused, s.options.Stream, made, s.options.Bucket, many, until)
}

// checkpoints returns the checkpoints of all feeds, except zero ones.
func (s *Sink) checkpoints(ctx context.Context) (found []checkpointValue, err error) {
	watcher, err := s.bucket.Watch(ctx, "checkpoint.>", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, watcher.Stop()) }()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case entry := <-watcher.Updates():
			if entry == nil {
				return found, nil
			}
			var one checkpointValue
			if err := json.Unmarshal(entry.Value(), &one); err != nil {
				return nil, fmt.Errorf("%w: the checkpoint in %s cannot be read: %w: restore it, or delete it to collect the feed again", store.ErrRefused, entry.Key(), err)
			}
			if !one.Checkpoint.IsZero() {
				found = append(found, one)
			}
		}
	}
}

// checkForLostBucket returns an error if the stream has records, whose bucket does not exist.
func (s *Sink) checkForLostBucket(ctx context.Context) error {
	info, err := s.findStream(ctx, jetstream.WithSubjectFilter(s.options.subjects()))
	if err != nil {
		return fmt.Errorf("look for records in stream %s: %w", s.options.Stream, withAdvice(err))
	}
	if info == nil || len(info.State.Subjects) == 0 {
		return nil
	}
	// Another collector may have created the bucket since.
	if s.bucket, err = s.findBucket(ctx); err != nil {
		return fmt.Errorf("look for bucket %s: %w", s.options.Bucket, withAdvice(err))
	}
	if s.bucket != nil {
		return nil
	}
	return fmt.Errorf("%w: bucket %s does not exist, and stream %s has the records of feeds whose checkpoints were in it. "+restoreAdvice,
		store.ErrRefused, s.options.Bucket, s.options.Stream)
}
