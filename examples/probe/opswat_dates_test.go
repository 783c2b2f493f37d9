package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestOPSWATLone(t *testing.T) {
	old := opswatOf(10*time.Minute, 30*time.Hour, 50*time.Hour)
	testOPSWAT(t, "opswat.lone", map[string]opswatCase{
		"ignored":             {old, "it is ignored", settled},
		"counts":              {opswatWith(30, 5*time.Hour, opswattest.WithLoneDates()), "it counts", likely},
		"refused":             {opswatFailing(old, `"start_date":"10/03/1999"}`, opswattest.Fault{Status: 400}), "it is refused with status 400, and an empty body", settled},
		"all are young":       {opswatWith(3, time.Hour), "no activity of the first page", open},
		"perhaps young":       {opswatOf(20*time.Hour, 26*time.Hour), "no activity of the first page", open},
		"all are old":         {opswatOf(60*time.Hour, 70*time.Hour), "it is ignored", settled},
		"many come in":        {opswatArriving(old, 60), "full of activities of the last 24 hours", open},
		"none":                {opswatOf(), "no activity of the first page", open},
		"many, and it counts": {opswatArriving(opswatWith(30, 5*time.Hour, opswattest.WithLoneDates()), 30), "it counts", likely},
	})
}

// opswatMorning returns a fake with a few activities in the morning, whose day depends on the zone.
func opswatMorning(options ...opswattest.Option) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer(options...)
		for day := range 3 {
			server.Add(opswatActivity(time.Duration(day)*24*time.Hour + 18*time.Hour))
		}
		return server
	}
}

func TestOPSWATDay(t *testing.T) {
	exclusive := opswattest.WithExclusiveBounds()
	shortDay := `"start_date":"12/30/1999","end_date":"12/31/1999"`
	testOPSWAT(t, "opswat.day", map[string]opswatCase{
		"included":              {opswatWith(40, 3*time.Hour), "it is: there are activities of the end day", settled},
		"excluded":              {opswatWith(40, 3*time.Hour, exclusive), "it is not: no activity of the end day", settled},
		"busy":                  {opswatWith(900, time.Minute), "it is: there are", likely},
		"busy, excluded":        {opswatWith(3000, time.Minute, exclusive), "it is not: no activity", settled},
		"excluded, day before":  {opswatWith(2, 3*time.Hour, exclusive), "it is not: nothing is listed", likely},
		"morning":               {opswatMorning(), "if the timestamps are in UTC", likely},
		"morning, excluded":     {opswatMorning(exclusive), "it is not: no activity of the end day is listed, though there are some, if the timestamps are in UTC", likely},
		"Tokyo":                 {opswatWith(40, 3*time.Hour, opswatIn(t, "Asia/Tokyo")), "it is: there are", settled},
		"Tokyo, excluded":       {opswatWith(40, 3*time.Hour, opswatIn(t, "Asia/Tokyo"), exclusive), "it is not: no activity", settled},
		"New York":              {opswatWith(40, time.Hour, opswatIn(t, "America/New_York")), "it is: there are", likely},
		"New York, excluded":    {opswatWith(40, time.Hour, opswatIn(t, "America/New_York"), exclusive), "it is not: no activity", settled},
		"refused":               {opswatFailing(opswatWith(40, 3*time.Hour), shortDay, opswattest.Fault{Status: 400}), "is refused with status 400", settled},
		"oldest first":          {opswatOldestFirst(400), "it is: there are", likely},
		"oldest first, full":    {opswatFailing(opswatWith(40, 3*time.Hour), shortDay, opswattest.Fault{Body: opswatPageOf(50)}), "not newest first", open},
		"unreadable timestamps": {opswatRaw(`{"timestamp":"canary"}`), "no activity has a timestamp", open},
		"none":                  {opswatWith(0, 0), "no activity has a timestamp", open},
	})
}

// opswatPageOf returns a page of the day before, oldest first.
func opswatPageOf(n int) string {
	records := make([]string, n)
	for i := range records {
		records[i] = fmt.Sprintf(`{"timestamp":"Dec 30, 1999 10:%02d:00 AM"}`, i)
	}
	return "[" + strings.Join(records, ",") + "]"
}

func opswatOldestFirst(n int) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer()
		items := make([]opswat.Activity, n)
		for i := range items {
			items[i] = opswatActivity(time.Duration(n-i) * 5 * time.Minute)
		}
		server.InsertAt(0, items...)
		return server
	}
}

// opswatIgnoring returns a fake that answers every request with activities of these ages.
func opswatIgnoring(ages ...time.Duration) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswatOf(ages...)()
		var records []string
		for _, age := range ages {
			records = append(records, fmt.Sprintf(`{"timestamp":%q}`, time.Now().UTC().Add(-age).Format("Jan 2, 2006 3:04:05 PM")))
		}
		server.FailWith(func(opswattest.Request) *opswattest.Fault {
			return &opswattest.Fault{Body: "[" + strings.Join(records, ",") + "]"}
		})
		return server
	}
}

func TestOPSWATIgnoredDates(t *testing.T) {
	const day = 24 * time.Hour
	testOPSWAT(t, "opswat.day", map[string]opswatCase{
		"other days":  {opswatIgnoring(time.Minute, 30*time.Hour, 9*day), "the service lists other days too", open},
		"no others":   {opswatIgnoring(time.Minute, 20*time.Hour), "it is: there are activities of the end day", likely},
		"it is later": {opswatIgnoring(-4*day, -3*day, time.Minute), "the service lists other days too", open},
	})
	testOPSWAT(t, "opswat.lone", map[string]opswatCase{
		"other days": {opswatIgnoring(time.Minute, 30*time.Hour, 99*day), "the service lists other days too", open},
		"no others":  {opswatIgnoring(time.Minute, 30*time.Hour, 60*time.Hour), "it counts", likely},
	})
	testOPSWAT(t, "opswat.equal", map[string]opswatCase{
		"other days": {opswatIgnoring(time.Minute, 30*time.Hour, 9*day), "the service lists other days too", open},
	})
	synctest.Test(t, func(t *testing.T) { // where the list of a day showed that dates are obeyed
		answers, _ := probeService(t, fakeOPSWATOf(opswatServer(40, 5*time.Hour, opswattest.WithLoneDates())), &prompt{silent: true})
		assert.Equal(t, settled, answers["opswat.day"].Certainty)
		assert.Contains(t, answers["opswat.lone"].Answer, "it counts")
		assert.Equal(t, settled, answers["opswat.lone"].Certainty)
	})
}

func TestOPSWATEqual(t *testing.T) {
	equal := opswattest.WithEqualDates()
	testOPSWAT(t, "opswat.equal", map[string]opswatCase{
		"refused":  {opswatWith(40, 3*time.Hour), "no: status 400, with an object with error", settled},
		"accepted": {opswatWith(40, 3*time.Hour, equal), "it may: activities of that day", likely},
		"empty":    {opswatWith(40, 3*time.Hour, equal, opswattest.WithExclusiveBounds()), "nothing is listed", likely},
		"another":  {opswatFailing(opswatWith(40, 3*time.Hour), `"start_date":"12/31/1999","end_date":"12/31/1999"`, opswattest.Fault{Body: `[{"timestamp":"May 18, 2018 10:40:00 AM"}]`}), "other days too", open},
		"none":     {opswatWith(0, 0), "no activity has a timestamp", open},
	})
}
