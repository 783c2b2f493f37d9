package jetstream

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Options configures a Sink. A zero field has its default.
type Options struct {
	Stream     string        // name of the stream; default ACTIVITY. Open creates it if it does not exist
	Bucket     string        // name of the key-value bucket for checkpoints and leases; default ACTIVITY_CHECKPOINTS. Open creates it if it does not exist
	Subject    string        // prefix of the subjects of all records; default activity. The stream listens to all subjects below it
	Duplicates time.Duration // the stream's duplicate window; default 48 h. An existing stream must have at least that
	Replicas   int           // of a stream and bucket that Open creates; default 1. With three, one server may fail

	// Reset starts over after the stream or the bucket was deleted. Open creates what is missing,
	// and a feed whose checkpoint belongs to another stream starts with a zero checkpoint. Other
	// feeds do not change. Without Reset, Open returns an error in both cases. If only the bucket
	// was lost, records older than the duplicate window are stored twice.
	Reset bool

	// Lease is the time within which a waiting collector replaces one that died; default 30 s, at
	// least 100 ms. A collector that starts after the death waits as long.
	Lease time.Duration
	// RetryFor is how long Writer.Store and Sink.Open retry before they fail, if the server does
	// not answer or does not store a message; default 1 minute.
	RetryFor time.Duration

	Format store.Format // of the messages; default store.Raw

	Connect []nats.Option // further options of the connection, such as nats.UserCredentials or nats.RootCAs
	Logger  *slog.Logger  // default: none
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&o.Duplicates, 48*time.Hour)
	set(&o.Lease, 30*time.Second)
	set(&o.RetryFor, time.Minute)
	if o.Stream == "" {
		o.Stream = "ACTIVITY"
	}
	if o.Bucket == "" {
		o.Bucket = "ACTIVITY_CHECKPOINTS"
	}
	if o.Subject == "" {
		o.Subject = "activity"
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o Options) check() error {
	switch {
	case o.Duplicates < 0:
		return fmt.Errorf("%w: a duplicate window of %v cannot recognize anything: choose a positive one", store.ErrRefused, o.Duplicates)
	case o.Lease < 100*time.Millisecond:
		return fmt.Errorf("%w: a lease of %v is too short: choose at least 100ms", store.ErrRefused, o.Lease)
	case o.RetryFor < 0:
		return fmt.Errorf("%w: a retry time of %v is negative: choose a positive one", store.ErrRefused, o.RetryFor)
	}
	return checkSubject(o.Subject)
}

// subjects returns the subjects that the stream listens to.
func (o Options) subjects() string { return o.Subject + ".>" }
