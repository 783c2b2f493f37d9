package activityreceiver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShutdownEndsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &sink{refuse: func(context.Context, []string) error { return errBusy }}
		s, quiet := &fakeService{tenant: "busy"}, &fakeService{tenant: "quiet"}
		s.add("a")
		r := start(t, nil, p, s, quiet)
		<-time.After(90 * time.Second)
		began := time.Now()
		r.stop(t)
		assert.Zero(t, time.Since(began))
		assert.Empty(t, p.acceptedIDs())
		assert.NotContains(t, r.host.storage.content(), "fake/busy/activities", "the batch was not accepted")
		assert.Contains(t, r.host.storage.content(), "fake/quiet/activities")
	})
}

func TestShutdownWaitsForBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &sink{refuse: func(ctx context.Context, _ []string) error {
			if !pause(ctx, 3*time.Second) {
				return ctx.Err()
			}
			return nil
		}}
		s := &fakeService{}
		s.add("a")
		r := start(t, nil, p, s)
		<-time.After(time.Second)
		began := time.Now()
		r.stop(t)
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Equal(t, []string{"a"}, p.acceptedIDs())
		assert.Len(t, r.host.storage.content(), 1, "the checkpoint of the accepted batch is stored")
	})
}

func TestShutdownDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &sink{refuse: func(ctx context.Context, _ []string) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		s := &fakeService{}
		s.add("a")

		r := start(t, nil, p, s)
		<-time.After(time.Second)
		began := time.Now()
		r.stop(t)
		assert.Equal(t, shutdownGrace, time.Since(began))

		r = start(t, nil, p, s)
		<-time.After(time.Second)
		deadline, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Second)
		defer cancel()
		began = time.Now()
		require.NoError(t, r.Shutdown(deadline))
		assert.Equal(t, time.Second, time.Since(began))
		assert.Empty(t, p.acceptedIDs())
	})
}

func TestShutdownWithBlockedPipeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p := &sink{refuse: func(context.Context, []string) error {
			<-release
			return errBusy
		}}
		s := &fakeService{}
		s.add("a")
		r := start(t, nil, p, s)
		<-time.After(time.Second)
		deadline, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second)
		defer cancel()
		require.ErrorContains(t, r.Shutdown(deadline), "the pipeline has not returned")
		close(release)
	})
}

func TestShutdownWithoutStart(t *testing.T) {
	r := new(logsReceiver)
	require.NoError(t, r.Shutdown(t.Context()))
}
