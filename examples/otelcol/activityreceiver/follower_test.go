package activityreceiver

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/activity-sdk/activity"
)

func TestCheckpointFollowsBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d, s := &sink{}, &memoryStorage{}, &fakeService{tenant: "acme"}
		var accepted []int
		d.onSet = func() error {
			accepted = append(accepted, len(p.acceptedIDs()))
			return nil
		}
		for i := range 25 {
			s.add(fmt.Sprint(i))
		}
		r := start(t, d, p, s)
		<-time.After(time.Second)
		r.stop(t)
		require.GreaterOrEqual(t, len(accepted), 3)
		assert.Equal(t, []int{10, 20, 25}, accepted[:3])
		assert.Contains(t, d.content(), "fake/acme/activities")
		assert.Equal(t, 1, d.closed)
	})
}

func TestRestartContinues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d, s := &sink{}, &memoryStorage{}, &fakeService{}
		for n := range 5 {
			s.add(fmt.Sprint(n))
			r := start(t, d, p, s)
			<-time.After(time.Second)
			r.stop(t)
		}
		assert.Equal(t, []string{"0", "1", "2", "3", "4"}, p.acceptedIDs())
	})
}

// A batch whose checkpoint was not stored is delivered again, with the same uids.
func TestBatchWithoutCheckpointIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d, s := &sink{}, &memoryStorage{}, &fakeService{}
		s.add("a", "b")
		d.onSet = func() error { return errors.New("the disk is full") }
		first := start(t, d, p, s)
		<-time.After(time.Second)
		s.add("c")
		<-time.After(every)
		first.stop(t)
		assert.Equal(t, []string{"a", "b", "c"}, p.acceptedIDs(), "a failing storage does not stop reading")
		assert.Positive(t, sum(t, first, "otelcol_activity_receiver_failures"))

		d.onSet = nil
		second := start(t, d, p, s)
		<-time.After(time.Second)
		second.stop(t)
		assert.Equal(t, []string{"a", "b", "c", "a", "b", "c"}, p.acceptedIDs())
	})
}

func TestRefusedTenantIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, refused, other := &sink{}, &fakeService{tenant: "refused"}, &fakeService{tenant: "other"}
		refused.refuse(&activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 401})
		r := start(t, nil, p, refused, other)
		<-time.After(time.Second)
		other.add("of the other")
		refused.add("of the refused")
		<-time.After(2 * time.Hour)
		assert.Equal(t, []string{"of the other"}, p.acceptedIDs())
		waits := refused.waits()
		for i, minutes := range []int{1, 2, 4, 8, 15, 15, 15} {
			assert.Equal(t, time.Duration(minutes)*time.Minute, waits[i])
		}
		reported := r.host.reported()
		assert.Len(t, reported, len(waits)+1)
		assert.NotContains(t, reported, componentstatus.StatusOK)
		assert.NotContains(t, reported, componentstatus.StatusPermanentError)

		refused.refuse(nil)
		<-time.After(15 * time.Minute)
		assert.Equal(t, []string{"of the other", "of the refused"}, p.acceptedIDs())
		reported = r.host.reported()
		assert.Equal(t, componentstatus.StatusOK, reported[len(reported)-1])

		refused.refuse(&activity.Error{Kind: activity.ErrForbidden, StatusCode: 403})
		before := len(refused.waits())
		<-time.After(2 * time.Minute)
		assert.Contains(t, refused.waits()[before:], time.Minute, "the waits start over")
		r.stop(t)
	})
}

func TestLagGrowsWhileNothingIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeService{}
		r := start(t, nil, &sink{}, s)
		lag := func() float64 {
			t.Helper()
			found, err := r.telemetry.GetMetric("otelcol_activity_receiver_lag")
			require.NoError(t, err)
			points := found.Data.(metricdata.Gauge[float64]).DataPoints
			require.Len(t, points, 1)
			return points[0].Value
		}
		<-time.After(time.Second)
		assert.Equal(t, 1.0, lag())
		s.refuse(&activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 401})
		<-time.After(time.Hour)
		assert.Equal(t, 3601.0, lag())
		r.stop(t)
	})
}

func TestTemporaryFailureIsNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := &sink{}, &fakeService{}
		s.refuse(&activity.Error{Kind: activity.ErrServer, StatusCode: 503})
		r := start(t, nil, p, s)
		<-time.After(time.Second)
		s.refuse(nil)
		s.add("a")
		<-time.After(3 * every)
		r.stop(t)
		assert.Equal(t, []string{"a"}, p.acceptedIDs())
		assert.Equal(t, int64(1), sum(t, r, "otelcol_activity_receiver_failures"))
		assert.Empty(t, r.host.reported())
	})
}

func TestForeignCheckpointIsPermanentError(t *testing.T) {
	for name, stored := range map[string]string{
		"damaged": "{",
		"foreign": checkpointOf(t, "another tenant"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, s := &sink{}, &fakeService{tenant: "acme"}
				s.add("a")
				d := &memoryStorage{values: map[string][]byte{"fake/acme/activities": []byte(stored)}}
				r := start(t, d, p, s)
				<-time.After(time.Hour)
				r.stop(t)
				assert.Empty(t, p.acceptedIDs())
				assert.Equal(t, []componentstatus.Status{componentstatus.StatusPermanentError}, r.host.reported())
				assert.Equal(t, stored, string(d.content()["fake/acme/activities"]))
			})
		})
	}
}

func checkpointOf(t *testing.T, tenant string) (text string) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeService{tenant: tenant}
		for batch, err := range activity.NewFeed(s).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now()}) {
			require.NoError(t, err)
			made, err := batch.Checkpoint.MarshalText()
			require.NoError(t, err)
			text = string(made)
		}
	})
	return text
}
