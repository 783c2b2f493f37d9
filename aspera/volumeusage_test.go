package aspera_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestVolumeUsage(t *testing.T) {
	for body, want := range map[string][]string{
		`{"volume_usage":[{"id":1},{"id":2}],"organization_id":7}`: {`{"id":1}`, `{"id":2}`},
		`{"volume_usage":[]}`:                   nil,
		`{"volume_usage":null}`:                 nil,
		`[{"id":1}]`:                            {`{"id":1}`},
		`{"usage":[{"id":1}],"total":{"x":1}}`:  {`{"id":1}`},
		`{"bytes_uploaded":5}`:                  {`{"bytes_uploaded":5}`},
		`{"bytes_downloaded":null,"message":1}`: {`{"bytes_downloaded":null,"message":1}`},
		`{"volume_usage":{},"name":"a"}`:        {`{"volume_usage":{},"name":"a"}`},
	} {
		s := asperatest.NewServer()
		answer(s, body)
		report, err := organization(s).VolumeUsage(t.Context(), aspera.VolumeQuery{})
		require.NoError(t, err, body)
		assert.Equal(t, body, string(report.Raw))
		var got []string
		for _, v := range report.Volumes {
			got = append(got, string(v.Raw))
		}
		assert.Equal(t, want, got, body)
	}
	for _, body := range []string{
		`"canary"`, `7`, `null`, `{"volume_usage":[]}x`, `{"volume_usage":[}`,
		// Objects that would be a volume of zeros.
		`{}`, `{"code":"unauthorized","message":"canary"}`, `{"volume_usage":{"bytes_uploaded":5}}`, `{"in":[{"id":1}],"out":[{"id":2}]}`,
	} {
		s := asperatest.NewServer()
		answer(s, body)
		report, err := organization(s).VolumeUsage(t.Context(), aspera.VolumeQuery{})
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.NotContains(t, err.Error(), "canary")
		assert.Zero(t, report)
	}
}

// A body that turns out to be one volume has no problems of the records that it first seemed to
// list.
func TestVolumeUsageWarning(t *testing.T) {
	for body, want := range map[string]int{`{"volume_usage":[5],"next":5,"id":1}`: 0, `{"volume_usage":[5]}`: 1} {
		s := asperatest.NewServer()
		answer(s, body)
		var log strings.Builder
		client := s.Client(activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		_, err := client.Organization(asperatest.OrganizationID).VolumeUsage(t.Context(), aspera.VolumeQuery{})
		require.NoError(t, err)
		assert.Equal(t, want, strings.Count(log.String(), "records do not fit"), body)
	}
}

func TestChangedVolumeReports(t *testing.T) {
	rename := func(r *aspera.VolumeReport) { r.Volumes[0].Name = "b" }
	nothing := func(*aspera.VolumeReport) {}
	const renamed = `{"volume_usage":[{"id":7,"name":"b","x":1.0}]}`
	for raw, want := range map[string]string{
		`{"a":1,"volume_usage":[{"id":7,"name":"secret","x":1.0},{"y":1}],"b":2}`:                `{"a":1,"volume_usage":[{"id":7,"name":"b","x":1.0},{"y":1}],"b":2}`,
		`{"volume_usage":[{"name":"secret"}],"volume_usage":[{"id":7,"name":"secret","x":1.0}]}`: renamed,
		`{"volumes":[{"id":7,"name":"secret","x":1.0}]}`:                                         renamed,
		`[{"id":7,"name":"secret","x":1.0}]`:                                                     renamed,
		`{"id":7,"name":"secret","x":1.0}`:                                                       renamed,
	} {
		assert.Equal(t, want, marshalChanged(t, raw, rename))
	}
	for _, raw := range []string{`{"volumes":[{"name":"a"}]}`, `[{"name":"a"}]`, `{"name":"a"}`, `{"volume_usage":[],"x":1}`, `{"volume_usage":null}`} {
		assert.Equal(t, raw, marshalChanged(t, raw, nothing))
	}
	assert.Equal(t, `{"x":1}`, marshalChanged(t, `{"volume_usage":[{"name":"secret"}],"x":1}`, func(r *aspera.VolumeReport) { r.Volumes = nil }))
}
