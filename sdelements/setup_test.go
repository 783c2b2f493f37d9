package sdelements_test

import (
	"net/http"
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

// ago is a number of seconds before noon.
func ago(i int) time.Time { return noon.Add(-time.Duration(i) * time.Second) }

func idsOf(items []sdelements.Activity) []int64 {
	ids := make([]int64, len(items))
	for i, a := range items {
		ids[i] = a.ID
	}
	return ids
}

// natural returns activities whose ids and dates fall, the first at noon.
func natural(n int) []sdelements.Activity {
	items := make([]sdelements.Activity, n)
	for i := range items {
		items[i] = sdelements.Activity{ID: int64(n - i), Date: ago(i)}
	}
	return items
}

// mine makes n activities that are in every list, newest first with ids from n down to 1.
func mine(n int) []sdelements.Activity {
	items := natural(n)
	for i := range items {
		items[i].Actor, items[i].Data.Project = sdelementstest.Me, 42
	}
	return items
}

// down returns the ids from one down to another.
func down(from, to int64) []int64 {
	ids := []int64{}
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

// dated has a server date its answers so, for as long as nothing else is ordered from it.
func dated(server *sdelementstest.Server, date string) {
	server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
		return &sdelementstest.Fault{Header: http.Header{"Date": {date}}}
	})
}

// faults answers the requests with these bodies, and those after them as usual.
func faults(bodies ...string) []sdelementstest.Fault {
	var all []sdelementstest.Fault
	for _, body := range bodies {
		all = append(all, sdelementstest.Fault{Body: body})
	}
	return all
}
