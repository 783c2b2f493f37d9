package opswat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// A Timestamp is compared in the zone in which it was read, and written in UTC.
func TestChangedTimestamp(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, zone := range []*time.Location{nil, time.UTC, berlin} {
		for sent, change := range map[string]string{
			"May 18, 2018 10:40:00 AM": "May 18, 2018 11:40:00 AM",
			"2018-05-18 10:40+02":      "May 18, 2018 9:40:00 AM",
			"Oct 28, 2018 2:40:00 AM":  "", // twice in Berlin
			"Mar 25, 2018 2:40:00 AM":  "", // never in Berlin
			"the other day":            "",
		} {
			a := read(t, `[{"app_name":"a","timestamp":"`+sent+`"}]`, opswat.ActivityQuery{Location: zone})[0]
			a.AppName = "b"
			text, err := json.Marshal(a)
			require.NoError(t, err)
			assert.Equal(t, `{"app_name":"b","timestamp":"`+sent+`"}`, string(text), zone)

			if change == "" {
				continue
			}
			a.Timestamp = a.Timestamp.Add(time.Hour)
			text, err = json.Marshal(a)
			require.NoError(t, err)
			if !strings.Contains(sent, "+") && zone == berlin {
				change = "May 18, 2018 9:40:00 AM"
			}
			assert.Equal(t, `{"app_name":"b","timestamp":"`+change+`"}`, string(text), zone)
			var back opswat.Activity
			require.NoError(t, json.Unmarshal(text, &back))
			assert.True(t, a.Timestamp.Equal(back.Timestamp))
		}
	}

	a := read(t, sample, opswat.ActivityQuery{})[0]
	a.Timestamp = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = json.Marshal(a)
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// Which of two instants a feed finds for a time of an hour that comes twice is no change.
func TestDoubledHourIsNoChange(t *testing.T) {
	inEachZone(t, func(t *testing.T, zone *time.Location, back time.Time) {
		s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(zone))
		s.Add(visits(back.Add(-time.Hour), back.Add(time.Hour), 20*time.Minute)...)
		<-time.After(time.Until(back.Add(2 * time.Hour)))
		feed := s.Client(unlimited).ActivityFeed(opswat.ActivityQuery{Location: zone})
		records := 0
		for b, err := range feed.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: back.Add(-2 * time.Hour), Settle: -1}) {
			require.NoError(t, err)
			for _, r := range b.Records {
				text, err := json.Marshal(r.Item)
				require.NoError(t, err)
				assert.Equal(t, string(r.Item.Raw), string(text))
				records++
			}
		}
		assert.Equal(t, 6, records)
	})
}
