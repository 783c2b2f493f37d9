package recipes

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Neither a crash nor a second run loses or repeats records.
func TestCopyYesterday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := time.Now().UTC() // the first of January 2000
		server := snaplogictest.NewServer()
		// One record per minute: the last hour of the day before, the day, and an hour of the next
		// day.
		for i := range 26 * 60 {
			server.Add(snaplogic.Activity{ID: fmt.Sprintf("id-%04d", i), EventType: snaplogic.EventUserUpdate, ByWhom: "ada@example.com",
				CreateTime: day.Add(time.Duration(i-25*60) * time.Minute)})
		}
		<-time.After(2*time.Hour + 10*time.Minute)
		db := database(t, Tables)
		ctx, crash := context.WithCancel(t.Context())
		server.OnRequest(func(r snaplogictest.Request) {
			if r.N == 2 {
				crash()
			}
		})
		require.ErrorIs(t, CopyYesterday(ctx, db, server.Client()), context.Canceled)
		server.OnRequest(nil)
		server.ResetRequests()

		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		var want []string
		for i := 60; i < 25*60; i++ {
			want = append(want, fmt.Sprintf("id-%04d", i))
		}
		assert.Equal(t, want, column(t, db, `SELECT id FROM activities ORDER BY id`))
		assert.Equal(t, []string{"user_update ada@example.com 1999-12-31"},
			column(t, db, `SELECT DISTINCT event || ' ' || who || ' ' || substr(time, 1, 10) FROM activities`))
		for _, r := range server.Requests() {
			assert.NotEqual(t, "0", r.Query().Get("offset"), "the first page is not requested again")
		}

		server.ResetRequests()
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		assert.Empty(t, server.Requests(), "the day is done")

		// An unfinished day is finished in the next night, before the day of that night.
		server.Add(snaplogic.Activity{ID: "new", CreateTime: day.Add(3 * time.Hour)}, snaplogic.Activity{ID: "newer", CreateTime: day.Add(30 * time.Hour)})
		<-time.After(24 * time.Hour)
		server.Fail(snaplogictest.Fault{Status: 403})
		require.ErrorIs(t, CopyYesterday(t.Context(), db, server.Client()), activity.ErrForbidden)
		<-time.After(24 * time.Hour)
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		assert.Equal(t, []string{"new", "newer"}, column(t, db, `SELECT id FROM activities WHERE id LIKE 'new%' ORDER BY id`))
	})
}

func TestCopyYesterdayAfterMissedNights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, db := snaplogictest.NewServer(), database(t, Tables)
		<-time.After(2 * time.Hour)
		for _, i := range []int{0, 1, 3, 4} {
			server.Add(snaplogic.Activity{ID: fmt.Sprintf("day-%d", i), CreateTime: time.Now().AddDate(0, 0, i-1)})
		}
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		assert.Equal(t, []string{"day-0"}, column(t, db, `SELECT id FROM activities`))
		<-time.After(3 * 24 * time.Hour)
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		assert.Equal(t, []string{"day-0", "day-1", "day-3"}, column(t, db, `SELECT id FROM activities ORDER BY id`))
	})
}

// A day is not copied before what is listed an hour late can be read.
func TestCopyYesterdayAfterMidnight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, db := snaplogictest.NewServer(), database(t, Tables)
		midnight := time.Now()
		server.Add(snaplogic.Activity{ID: "in time", CreateTime: midnight.Add(-time.Hour)})
		<-time.After(30 * time.Second)
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		<-time.After(59 * time.Minute)
		server.Add(snaplogic.Activity{ID: "late", CreateTime: midnight.Add(-time.Minute)})
		<-time.After(time.Minute)
		require.NoError(t, CopyYesterday(t.Context(), db, server.Client()))
		assert.Equal(t, []string{"in time", "late"}, column(t, db, `SELECT id FROM activities ORDER BY id`))
	})
}
