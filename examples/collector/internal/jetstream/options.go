package jetstream

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// Options configures a sink. A zero field means its default.
type Options struct {
	Stream     string        // name of the stream; default ACTIVITY. It is made if there is none
	Bucket     string        // name of the key-value bucket for checkpoints and leases; default ACTIVITY_CHECKPOINTS. It is made if there is none
	Subject    string        // what the subjects of all records begin with; default activity. The stream listens to what is below it
	Duplicates time.Duration // the stream's duplicate window; default 48 h. A stream that exists must have at least that
	Replicas   int           // of a stream and a bucket that are made; default 1. Three survive the loss of a server

	// Reset starts over where the stream or the bucket was deleted: what is missing is made, and a
	// feed whose checkpoint belongs to another stream begins with a zero checkpoint. Without it,
	// Open refuses both. A feed whose checkpoint belongs to the stream is left alone. Where the
	// bucket was lost and the stream was not, records older than the duplicate window come twice.
	Reset bool

	// Lease is how soon a collector that died is replaced by one that waits; default 30 s, at least
	// 100 ms. A collector that is started after that waits as long.
	Lease time.Duration
	// RetryFor is for how long a server that does not answer, or does not take what it is sent, is
	// asked again before Writer.Store and Sink.Open fail; default 1 minute.
	RetryFor time.Duration

	Format store.Format // of what is published; default store.Raw

	Connect []nats.Option // more for the connection, such as nats.UserCredentials or nats.RootCAs
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
		return fmt.Errorf("%w: a patience of %v is negative: choose a positive one", store.ErrRefused, o.RetryFor)
	}
	return checkSubject(o.Subject)
}

// subjects is what the stream listens to.
func (o Options) subjects() string { return o.Subject + ".>" }
