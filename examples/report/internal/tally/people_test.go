package tally_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		changes, accesses := snaplogictest.NewServer(), opswattest.NewServer()
		for i, who := range []string{"ada@example.com", "bob@example.com", "ada@example.com", ""} {
			at := now.Add(-time.Duration(30*(i+1)) * time.Hour / 10)
			changes.Add(snaplogic.Activity{ID: string(rune('a' + i)), EventType: snaplogic.EventAssetUpdate, ByWhom: who, CreateTime: at})
			accesses.Add(opswat.Activity{Timestamp: at.Add(time.Minute), Action: opswat.ActionBlocked, AppUser: who, AppName: "mail", DeviceID: who})
		}
		changes.Add(snaplogic.Activity{ID: "old", ByWhom: "ada@example.com", CreateTime: now.AddDate(0, 0, -8)})
		feeds := []activity.Feed[activity.Event]{
			activity.Events(changes.Client().ActivityFeed(snaplogic.ActivityQuery{})), activity.Events(accesses.Client().ActivityFeed(opswat.ActivityQuery{})),
		}
		span := tally.Span{From: now.AddDate(0, 0, -7), Until: now}
		p, err := tally.PeopleOf(tally.EventsOf(t.Context(), feeds, span), nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"ada@example.com", "bob@example.com"}, p.Busiest)
		assert.Len(t, p.Events["ada@example.com"], 4)
		assert.Equal(t, 2, p.Nobody)
		day, events := p.BusiestDay("ada@example.com")
		assert.Equal(t, time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), day)
		require.Len(t, events, 4)
		assert.True(t, events[0].Time.Before(events[3].Time))

		accesses.Fail(opswattest.Fault{Status: 403})
		_, err = tally.PeopleOf(tally.EventsOf(t.Context(), feeds, span), nil)
		require.ErrorIs(t, err, activity.ErrForbidden)
	})
}

func TestNames(t *testing.T) {
	names := tally.Names{"sdelements 7": "ada@example.com", "Ada": "ada@example.com"}
	events := func(yield func(activity.Event, error) bool) {
		for _, actor := range []activity.Actor{{ID: "7"}, {Name: "Ada", ID: "9"}, {Email: "ada@example.com", Name: "Bob"}, {ID: "8"}, {}} {
			if !yield(activity.Event{Vendor: "sdelements", Actor: actor, Raw: []byte("{}")}, nil) {
				return
			}
		}
	}
	p, err := tally.PeopleOf(events, names)
	require.NoError(t, err)
	assert.Equal(t, []string{"ada@example.com", "sdelements 8"}, p.Busiest)
	assert.Len(t, p.Events["ada@example.com"], 3)
	assert.Nil(t, p.Events["ada@example.com"][0].Raw)
	assert.Equal(t, 1, p.Nobody)
}
