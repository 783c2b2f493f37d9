package sdelements_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/leak"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestMain(m *testing.M) { leak.Main(m) }

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

// ago returns the time i seconds before noon.
func ago(i int) time.Time { return noon.Add(-time.Duration(i) * time.Second) }

func ids(items []sdelements.Activity) []int64 {
	ids := make([]int64, len(items))
	for i, a := range items {
		ids[i] = a.ID
	}
	return ids
}

// newestFirst returns n activities with ids from n down to 1, a second apart, the newest at noon.
func newestFirst(n int) []sdelements.Activity {
	items := make([]sdelements.Activity, n)
	for i := range items {
		items[i] = sdelements.Activity{ID: int64(n - i), Date: ago(i)}
	}
	return items
}

// mine returns the activities of newestFirst as they are in every list.
func mine(n int) []sdelements.Activity {
	items := newestFirst(n)
	for i := range items {
		items[i].Actor, items[i].Data.Project = sdelementstest.Me, 42
	}
	return items
}

// down returns the ids from the first down to the second.
func down(from, to int64) []int64 {
	ids := []int64{}
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

// answerWithDate sets the Date header of all answers.
func answerWithDate(server *sdelementstest.Server, date string) {
	server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
		return &sdelementstest.Fault{Header: http.Header{"Date": {date}}}
	})
}

// faults returns faults that answer one request each with these bodies.
func faults(bodies ...string) []sdelementstest.Fault {
	var all []sdelementstest.Fault
	for _, body := range bodies {
		all = append(all, sdelementstest.Fault{Body: body})
	}
	return all
}

// lines returns the request lines that the server received.
func lines(server *sdelementstest.Server) []string {
	var all []string
	for _, r := range server.Requests() {
		all = append(all, r.Line())
	}
	return all
}

// serverOf returns a server with these activities.
func serverOf(items []sdelements.Activity, opts ...sdelementstest.Option) *sdelementstest.Server {
	server := sdelementstest.NewServer(opts...)
	server.Add(items...)
	return server
}

// secondPage returns the second page of a list, read by the cursor of the first.
func secondPage(t *testing.T, list activity.List[sdelements.Activity]) activity.Page[sdelements.Activity] {
	t.Helper()
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	page, err = list.Page(t.Context(), page.Next)
	require.NoError(t, err)
	return page
}

// lists has every list by its path.
var lists = map[string]func(c *sdelements.Client, q sdelements.ActivityQuery) activity.List[sdelements.Activity]{
	"/api/v2/activities/":               (*sdelements.Client).Activities,
	"/api/v2/users/me/activities/":      (*sdelements.Client).UserActivities,
	"/api/v2/users/me/activity-stream/": (*sdelements.Client).UserActivityStream,
	"/api/v2/projects/42/activities/": func(c *sdelements.Client, q sdelements.ActivityQuery) activity.List[sdelements.Activity] {
		return c.ProjectActivities(42, q)
	},
	"/api/v2/projects/42/activity-stream/": func(c *sdelements.Client, q sdelements.ActivityQuery) activity.List[sdelements.Activity] {
		return c.ProjectActivityStream(42, q)
	},
}
