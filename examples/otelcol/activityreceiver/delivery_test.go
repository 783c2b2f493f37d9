package activityreceiver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

var errBusy = errors.New("busy")

func TestRefusedBatchIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusals := 8
		p := &sink{refuse: func(context.Context, []string) error {
			if refusals--; refusals >= 0 {
				return errBusy
			}
			return nil
		}}
		s := &fakeService{}
		s.add("a", "b")
		r := start(t, nil, p, s)
		for range 63 + 60 + 60 { // 1 + 2 + … + 32, then a minute each
			synctest.Wait()
			assert.Empty(t, p.acceptedIDs())
			assert.Empty(t, r.host.storage.content(), "there is a checkpoint, although nothing was accepted")
			<-time.After(time.Second)
		}
		synctest.Wait()
		assert.Equal(t, []string{"a", "b"}, p.acceptedIDs())
		assert.Len(t, r.host.storage.content(), 1)
		assert.Len(t, p.offered, 9)
		for i, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
			assert.Equal(t, time.Duration(seconds)*time.Second, p.at[i+1].Sub(p.at[i]))
			assert.Equal(t, p.offered[0], p.offered[i+1])
		}
		r.stop(t)
		assert.Empty(t, r.host.reported(), "a failure of the pipeline is not one of the receiver")
	})
}

func TestRestOfBatchIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &sink{}
		p.refuse = func(_ context.Context, ids []string) error {
			if len(ids) == 3 {
				p.accepted = append(p.accepted, ids[:2]...)
				return consumererror.NewLogs(errBusy, logsOf(ids[2:]))
			}
			return nil
		}
		s := &fakeService{}
		s.add("a", "b", "c")
		r := start(t, nil, p, s)
		<-time.After(5 * time.Second)
		r.stop(t)
		assert.Equal(t, [][]string{{"a", "b", "c"}, {"c"}}, p.offered)
		assert.Equal(t, []string{"a", "b", "c"}, p.acceptedIDs())
	})
}

func logsOf(ids []string) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, id := range ids {
		records.AppendEmpty().Attributes().PutStr("log.record.uid", id)
	}
	return logs
}

func TestPermanentlyRefusedBatchIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &sink{refuse: func(_ context.Context, ids []string) error {
			if ids[0] == "odd" {
				return consumererror.NewPermanent(errors.New("cannot be encoded"))
			}
			return nil
		}}
		s := &fakeService{}
		s.add("odd", "beside")
		r := start(t, nil, p, s)
		<-time.After(time.Second)
		s.add("later")
		<-time.After(2 * every)
		r.stop(t)
		assert.Equal(t, [][]string{{"odd", "beside"}, {"later"}}, p.offered, "offered once, and what comes later is read")
		assert.Equal(t, []string{"later"}, p.acceptedIDs())
		assert.Equal(t, int64(2), sum(t, r, "otelcol_activity_receiver_dropped_log_records"))
		assert.Equal(t, int64(2), sum(t, r, "otelcol_receiver_refused_log_records"))
		assert.Equal(t, int64(1), sum(t, r, "otelcol_receiver_accepted_log_records"))
	})
}

// sum returns the sum of a counter over all attributes.
func sum(t *testing.T, r testReceiver, name string) (total int64) {
	t.Helper()
	found, err := r.telemetry.GetMetric(name)
	require.NoError(t, err)
	counted, ok := found.Data.(metricdata.Sum[int64])
	require.True(t, ok)
	for _, point := range counted.DataPoints {
		total += point.Value
	}
	return total
}
