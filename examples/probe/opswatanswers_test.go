package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// opswatWant is what a question answers to a fake.
type opswatWant struct {
	server func() *opswattest.Server
	says   string
	certainty
}

func opswatAnswers(t *testing.T, id string, wants map[string]opswatWant) {
	t.Helper()
	for name, want := range wants {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := answer(t, fakeOPSWATOf(want.server()), id)
				assert.Contains(t, f.answer, want.says)
				assertWording(t, f)
				assert.Equal(t, want.certainty, f.certainty, f.answer)
				assert.NotContains(t, f.answer+f.follows, "canary")
			})
		})
	}
}

// opswatOf is a server with activities that stand in this order, whatever their ages.
func opswatOf(ages ...time.Duration) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer()
		for i, age := range ages {
			server.InsertAt(i, opswatActivity(age))
		}
		return server
	}
}

// opswatRaw is a server with these records.
func opswatRaw(records ...string) func() *opswattest.Server {
	return func() *opswattest.Server {
		server := opswattest.NewServer()
		for i, raw := range records {
			server.InsertAt(i, opswat.Activity{Raw: []byte(raw)})
		}
		return server
	}
}

// opswatWith is a server with n activities, so far apart.
func opswatWith(n int, apart time.Duration, options ...opswattest.Option) func() *opswattest.Server {
	return func() *opswattest.Server { return opswatServer(n, apart, options...) }
}

// opswatFailing misbehaves on the requests for activities whose body has a text.
func opswatFailing(server func() *opswattest.Server, text string, fault opswattest.Fault) func() *opswattest.Server {
	return func() *opswattest.Server {
		s := server()
		s.FailWith(func(r opswattest.Request) *opswattest.Fault {
			if !strings.Contains(string(r.Body), text) {
				return nil
			}
			return &fault
		})
		return s
	}
}

func TestOPSWATOrder(t *testing.T) {
	opswatAnswers(t, "opswat.order", map[string]opswatWant{
		"newest first":   {opswatOf(time.Hour, 2*time.Hour, 2*time.Hour, 3*time.Hour), "newest first, in a page of 4 activities with 2 steps", settled},
		"oldest first":   {opswatOf(3*time.Hour, 2*time.Hour, time.Hour), "oldest first", settled},
		"neither":        {opswatOf(3*time.Hour, time.Hour, 2*time.Hour), "not by time", settled},
		"clock set back": {opswatOf(time.Hour, 2*time.Hour, 90*time.Minute, 3*time.Hour), "except for one step on by 30m,", likely},
		"one time":       {opswatOf(time.Hour, time.Hour), "no two times", open},
		"one":            {opswatOf(time.Hour), "no two times", open},
		"none":           {opswatOf(), "no activities", open},
	})
}

func TestOPSWATTimes(t *testing.T) {
	opswatAnswers(t, "opswat.times", map[string]opswatWant{
		"vendor's":   {opswatRaw(`{"timestamp":"Dec 18, 1999 10:40:00 AM"}`, `{"timestamp":"Dec 8, 1999 1:40:00 PM"}`), "of 2 timestamps, 2 of the vendor's form: 0 with a comma after the year, 0 with U+00A0 or U+202F for a space, 1 with a day of one digit, 0 with a zero", settled},
		"comma":      {opswatRaw(`{"timestamp":"Dec 18, 1999, 10:40:00\u202fAM"}`, `{"timestamp":"Dec 08, 1999, 01:40:00\u202fPM"}`), "2 with a comma after the year, 2 with U+00A0 or U+202F for a space, 0 with a day of one digit, 1 with a zero before the day, 1 with a zero before the hour", settled},
		"zone":       {opswatRaw(`{"timestamp":"1999-12-18T10:40:00Z"}`), "0 of the vendor's form", settled},
		"unreadable": {opswatRaw(`{"timestamp":"canary"}`, `{"timestamp":7}`, `{}`), "missing or not to be read: 3", settled},
		"none":       {opswatRaw(), "no activities", open},
	})
}

func TestOPSWATActions(t *testing.T) {
	at := `"timestamp":"Dec 31, 1999 10:40:00 AM"`
	opswatAnswers(t, "opswat.actions", map[string]opswatWant{
		"documented": {opswatRaw(`{`+at+`,"action":"blocked"}`, `{`+at+`,"action":"allowed"}`, `{`+at+`,"action":"blocked"}`), "in 3 activities: allowed (1), blocked (2)", likely},
		"console's":  {opswatRaw(`{` + at + `,"action":"Monitored (Allow)"}`), "Monitored (Allow) (1)", likely},
		"unknown":    {opswatRaw(`{`+at+`,"action":"quarantined"}`, `{`+at+`,"action":"canary@example.com"}`, `{`+at+`}`), "quarantined (1), 1 other is not shown, since it does not look like a word of the service; without an action: 1", settled},
		"people":     {opswatRaw(`{"action":"Canary Doe"}`, `{"action":"canary-1"}`), "2 others are not shown, since they do not look like words of the service", settled},
		"without":    {opswatRaw(`{` + at + `}`), "none of 1 activity has an action", open},
		"none":       {opswatRaw(), "no activities", open},
	})
	synctest.Test(t, func(t *testing.T) {
		assert.Contains(t, answer(t, fakeOPSWATOf(opswatRaw(`{"action":"quarantined"}`)()), "opswat.actions").follows, "KindOther")
		assert.NotContains(t, answer(t, fakeOPSWATOf(opswatRaw(`{"action":"monitored_allow"}`)()), "opswat.actions").follows, "KindOther")
	})
}

func TestOPSWATLimit(t *testing.T) {
	opswatAnswers(t, "opswat.limit", map[string]opswatWant{
		"406":        {opswatWith(60, time.Minute), "status 406, with an object with error", settled},
		"of nothing": {opswatWith(0, 0), "status 406", settled},
		"400":        {opswatFailing(opswatWith(60, time.Minute), `"limit":51`, opswattest.Fault{Status: 400, Body: `{"code":1,"canary":2}`}), "status 400, with an object with code and 1 more", settled},
		"larger":     {opswatWith(60, time.Minute, opswattest.WithPageLimit(100)), "51 activities", settled},
		"capped":     {opswatWith(60, time.Minute, opswattest.WithCappedLimit()), "50 activities and no error", likely},
		"few":        {opswatWith(20, time.Minute, opswattest.WithCappedLimit()), "only 20", open},
	})
	synctest.Test(t, func(t *testing.T) {
		assert.Contains(t, answer(t, fakeOPSWATOf(opswattest.NewServer()), "opswat.limit").follows, "a mistake of the caller")
	})
}

func opswatIn(t *testing.T, zone string) opswattest.Option {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return opswattest.WithLocation(loc)
}

// With a user who makes an access.
func TestOPSWATZone(t *testing.T) {
	tokyo, york, kathmandu := opswatIn(t, "Asia/Tokyo"), opswatIn(t, "America/New_York"), opswatIn(t, "Asia/Kathmandu")
	old := opswattest.NewServer(opswattest.WithRows(10))
	for name, tt := range map[string]struct {
		server    *opswattest.Server
		rows      int
		line      string
		takes     time.Duration
		happened  time.Duration // before the user enters the line; negative: no access
		says      string
		certainty certainty
	}{
		"UTC":          {opswattest.NewServer(), 3, "y", 30 * time.Second, time.Second, "UTC, by what arrived after you made an access", settled},
		"first of all": {opswattest.NewServer(), 0, "y", 30 * time.Second, time.Second, "UTC, by", settled},
		"Tokyo":        {opswattest.NewServer(tokyo), 3, "y", 30 * time.Second, time.Second, "UTC+09:00, by", settled},
		"New York":     {opswattest.NewServer(york), 3, "y", time.Minute, 50 * time.Second, "UTC-05:00, by", settled},
		"Kathmandu":    {opswattest.NewServer(kathmandu), 3, "y", time.Minute, 50 * time.Second, "UTC+05:45, by", settled},
		"rows of 2018": {old, 0, "y", time.Minute, 50 * time.Second, "UTC, by", settled},
		"too long":     {opswattest.NewServer(), 3, "y", 40 * time.Minute, 10 * time.Minute, "no zone that is more than", open},
		"no access":    {opswattest.NewServer(), 3, "y", 30 * time.Second, -1, "the access that you made was not listed in time", open},
		"an old one":   {opswattest.NewServer(), 3, "y", 30 * time.Second, 38 * time.Minute, "no zone that is more than", open},
		"a late one":   {opswattest.NewServer(), 0, "y", 30 * time.Second, 25 * time.Second, "UTC, by an activity that arrived between", likely},
		"listed late":  {opswattest.NewServer(opswattest.WithRateHeaders(opswattest.ResetInDelta)), 30, "y", 30 * time.Second, -1, "UTC, by what arrived", settled},
		"a yes":        {opswattest.NewServer(), 3, "Yes", 30 * time.Second, time.Second, "UTC, by what arrived after you made an access", settled},
		"only Enter":   {opswattest.NewServer(), 3, "", 30 * time.Second, -1, "run without -yes", open},
		"another text": {opswattest.NewServer(), 3, "what?", 30 * time.Second, -1, "run without -yes", open},
		"declined":     {opswattest.NewServer(), 3, "no", 30 * time.Second, -1, "run without -yes", open},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if name == "rows of 2018" {
					<-time.After(20 * 365 * 24 * time.Hour)
				}
				for i := range tt.rows {
					tt.server.Add(opswatActivity(time.Hour * time.Duration(i+1)))
				}
				s := fakeOPSWATOf(tt.server)
				s.fake = false
				answers, _ := opswatRun(t, s, opswatUser(tt.line, func() {
					<-time.After(tt.takes)
					if name == "a late one" { // beside the user's
						tt.server.Add(opswatActivity(time.Hour))
					}
					if access := opswatActivity(0); name == "listed late" {
						time.AfterFunc(10*time.Second, func() { tt.server.Add(access) })
					}
					if tt.happened >= 0 {
						tt.server.Add(opswatActivity(tt.happened))
					}
				}))
				e := answers["opswat.zone"]
				assert.Contains(t, e.Answer, tt.says)
				assert.Equal(t, tt.certainty, e.Certainty)
				assert.LessOrEqual(t, opswattest.MaxInWindow(tt.server.Requests(), time.Minute), opswatMost)
				assert.LessOrEqual(t, s.wire.sent(), opswatMost)
			})
		})
	}
}

// The end of the input does not say that there was an access.
func TestOPSWATZoneAtTheEndOfTheInput(t *testing.T) {
	for name, u := range map[string]*user{
		"end":   {in: bufio.NewReader(strings.NewReader(""))},
		"error": {in: bufio.NewReader(iotest.ErrReader(io.ErrUnexpectedEOF))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswatServer(3, time.Hour)
				server.OnRequest(func(opswattest.Request) {
					if len(server.APIRequests()) == 2 {
						server.Add(opswatActivity(5 * time.Second))
					}
				})
				s := fakeOPSWATOf(server)
				s.fake = false
				answers, _ := opswatRun(t, s, u)
				assert.NotContains(t, answers["opswat.zone"].Answer, "you made")
				assert.NotEqual(t, settled, answers["opswat.zone"].Certainty)
			})
		})
	}
}

// Without a user.
func TestOPSWATZoneBound(t *testing.T) {
	arriving := func(options ...opswattest.Option) func() *opswattest.Server {
		return func() *opswattest.Server {
			server := opswatServer(3, time.Hour, options...)
			server.OnRequest(func(r opswattest.Request) {
				if len(server.APIRequests()) == 2 {
					server.Add(opswatActivity(5 * time.Second))
				}
			})
			return server
		}
	}
	noDate := opswattest.Fault{Header: http.Header{"Date": nil}}
	opswatAnswers(t, "opswat.zone", map[string]opswatWant{
		"UTC":                   {opswatWith(3, time.Hour), "no zone that is more than 1m", open},
		"Tokyo":                 {opswatWith(3, time.Hour, opswatIn(t, "Asia/Tokyo")), "not UTC: the newest timestamp, read as UTC, is 8h59m", likely},
		"New York":              {opswatWith(3, time.Hour, opswatIn(t, "America/New_York")), "no zone that is more than 5h1m west", open},
		"one arrives":           {arriving(), "UTC, by an activity that arrived between two requests", likely},
		"one arrives in Tokyo":  {arriving(opswatIn(t, "Asia/Tokyo")), "UTC+09:00, by an activity", likely},
		"a late one":            {opswatArrivesLate, "no zone that is more than 1m", open},
		"old":                   {opswatOf(300 * time.Hour), "is 13 days old", open},
		"a wrong clock":         {opswatOf(-40 * time.Hour), "40h ahead", open},
		"a slightly wrong one":  {opswatOf(-5 * time.Minute), "5m ahead of the service's clock, which no zone", open},
		"now":                   {opswatOf(-time.Minute), "UTC, or a zone east of it", open},
		"unreadable":            {opswatRaw(`{"timestamp":"canary"}`), "no activity has a timestamp", open},
		"names its zone":        {opswatRaw(`{"timestamp":"1999-12-31T23:00:00Z"}`), "name their zone", settled},
		"no Date":               {opswatFailing(opswatWith(3, time.Hour), "", noDate), "no Date", open},
		"nothing":               {opswatWith(0, 0), "no activities", open},
		"second answer refused": {opswatFailing(opswatWith(30, time.Hour), `"page":1,"start_date":"10/03/1999"}`, opswattest.Fault{Status: 400}), "no zone that is more than 1m", open},
	})
}

// opswatArrivesLate lists an activity an hour after others that are newer.
func opswatArrivesLate() *opswattest.Server {
	server := opswatServer(3, time.Hour)
	server.OnRequest(func(opswattest.Request) {
		if len(server.APIRequests()) == 2 {
			server.Add(opswatActivity(time.Hour - time.Second))
		}
	})
	return server
}

func TestOPSWATHeaders(t *testing.T) {
	header := func(reset string) func() *opswattest.Server {
		return opswatFailing(opswatWith(3, time.Hour), "", opswattest.Fault{Header: http.Header{"X-Ratelimit-Reset-Time": {reset}, "X-Canary": {"canary"}}})
	}
	opswatAnswers(t, "opswat.headers", map[string]opswatWant{
		"none":      {opswatWith(3, time.Hour), "no header", settled},
		"delta":     {opswatWith(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta)), "X-Ratelimit-Limit, X-Ratelimit-Remaining, X-Ratelimit-Reset-Time; the reset is in seconds from now", settled},
		"millis":    {header(strconv.FormatInt(time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).UnixMilli(), 10)), "the reset is in milliseconds since 1970", settled},
		"noise":     {header("77777777"), "neither", settled},
		"no number": {header("soon"), "no X-RateLimit-Reset-Time has a number", settled},
		"retry":     {opswatFailing(opswatWith(3, time.Hour), "", opswattest.Fault{Header: http.Header{"Retry-After": {"1"}}}), "Retry-After", settled},
	})
	synctest.Test(t, func(t *testing.T) {
		<-time.After(3 * 365 * 24 * time.Hour) // behind the second that the SDK takes for one since 1970
		f := answer(t, fakeOPSWATOf(opswatServer(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInEpoch))), "opswat.headers")
		assert.Contains(t, f.answer, "the reset is in seconds since 1970")
		assert.Contains(t, f.follows, "That is right.")
	})
}

func TestOPSWATLone(t *testing.T) {
	old := opswatOf(10*time.Minute, 30*time.Hour, 50*time.Hour)
	opswatAnswers(t, "opswat.lone", map[string]opswatWant{
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

// opswatArriving adds activities before the second request.
func opswatArriving(server func() *opswattest.Server, n int) func() *opswattest.Server {
	return func() *opswattest.Server {
		s := server()
		s.OnRequest(func(r opswattest.Request) {
			if len(s.APIRequests()) == 2 {
				for i := range n {
					s.Add(opswatActivity(time.Duration(i) * time.Millisecond))
				}
			}
		})
		return s
	}
}

func TestOPSWATToken(t *testing.T) {
	headers := opswattest.WithRateHeaders(opswattest.ResetInDelta)
	remaining := func(left ...string) func() *opswattest.Server {
		return func() *opswattest.Server {
			s := opswatServer(3, time.Hour)
			s.FailWith(func(r opswattest.Request) *opswattest.Fault {
				n := max(len(s.APIRequests())-1, 0)
				return &opswattest.Fault{Header: http.Header{"X-Ratelimit-Remaining": {left[min(n, len(left)-1)]}}}
			})
			return s
		}
	}
	opswatAnswers(t, "opswat.token", map[string]opswatWant{
		"no headers":        {opswatWith(3, time.Hour), "no answer has X-RateLimit-Remaining", open},
		"not counted":       {opswatWith(3, time.Hour, headers), "no: 1 request and a token took 1", likely},
		"counted":           {opswatWith(3, time.Hour, headers, opswattest.WithTokensCounted()), "yes: 1 request and a token took 2", likely},
		"others":            {remaining("9", "4"), "took 5 of the quota, which tells nothing", open},
		"begins anew":       {remaining("3", "9"), "took -6 of the quota, which tells nothing", open},
		"none in the other": {remaining("9", ""), "the answer after the token has no X-RateLimit-Remaining", open},
		"empty":             {opswatWith(0, 0, headers), "no: 1 request and a token took 1", likely},
	})
}

// What becomes free meanwhile, or is taken by others, is not mistaken for an answer.
func TestOPSWATTokenInBadMoments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(58 * time.Second) // two seconds before the quota's next minute
		server := opswatServer(3, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta), opswattest.WithFixedWindow(), opswattest.WithTokensCounted())
		f := answer(t, fakeOPSWATOf(server), "opswat.token")
		assert.Contains(t, f.answer, "may have become free in between")
		assert.Equal(t, open, f.certainty)
	})
	synctest.Test(t, func(t *testing.T) {
		server := opswatServer(40, time.Hour, opswattest.WithRateHeaders(opswattest.ResetInDelta))
		other := server.Client()
		server.OnRequest(func(r opswattest.Request) {
			if strings.Contains(string(r.Body), `"limit":51`) {
				_, err := other.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 1)
				assert.NoError(t, err)
			}
		})
		answers, _ := opswatRun(t, fakeOPSWATOf(server), &user{silent: true})
		assert.Equal(t, "somebody else uses the quota meanwhile", answers["opswat.token"].Answer)
	})
}

// opswatMorning has the activities of a quiet account in the morning, whose day depends on the
// zone.
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
	opswatAnswers(t, "opswat.day", map[string]opswatWant{
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
		"unreadable timestamps": {opswatRaw(`{"timestamp":"canary"}`), "no activity with a timestamp", open},
		"none":                  {opswatWith(0, 0), "no activity with a timestamp", open},
	})
}

// opswatPageOf is a page of the day before, oldest first.
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

// opswatIgnoring lists the same whatever is asked for: activities that are so old.
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

// A service that ignores the dates shows nothing about them.
func TestOPSWATIgnoredDates(t *testing.T) {
	const day = 24 * time.Hour
	opswatAnswers(t, "opswat.day", map[string]opswatWant{
		"other days":  {opswatIgnoring(time.Minute, 30*time.Hour, 9*day), "the service lists other days too", open},
		"no others":   {opswatIgnoring(time.Minute, 20*time.Hour), "it is: there are activities of the end day", likely},
		"it is later": {opswatIgnoring(-4*day, -3*day, time.Minute), "the service lists other days too", open},
	})
	opswatAnswers(t, "opswat.lone", map[string]opswatWant{
		"other days": {opswatIgnoring(time.Minute, 30*time.Hour, 99*day), "the service lists other days too", open},
		"no others":  {opswatIgnoring(time.Minute, 30*time.Hour, 60*time.Hour), "it counts", likely},
	})
	opswatAnswers(t, "opswat.equal", map[string]opswatWant{
		"other days": {opswatIgnoring(time.Minute, 30*time.Hour, 9*day), "the service lists other days too", open},
	})
	synctest.Test(t, func(t *testing.T) { // where the list of a day showed that dates are obeyed
		answers, _ := opswatRun(t, fakeOPSWATOf(opswatServer(40, 5*time.Hour, opswattest.WithLoneDates())), &user{silent: true})
		assert.Equal(t, settled, answers["opswat.day"].Certainty)
		assert.Contains(t, answers["opswat.lone"].Answer, "it counts")
		assert.Equal(t, settled, answers["opswat.lone"].Certainty)
	})
}

func TestOPSWATEqual(t *testing.T) {
	equal := opswattest.WithEqualDates()
	opswatAnswers(t, "opswat.equal", map[string]opswatWant{
		"refused":  {opswatWith(40, 3*time.Hour), "no: status 400, with an object with error", settled},
		"accepted": {opswatWith(40, 3*time.Hour, equal), "it may: activities of that day", likely},
		"empty":    {opswatWith(40, 3*time.Hour, equal, opswattest.WithExclusiveBounds()), "nothing is listed", likely},
		"another":  {opswatFailing(opswatWith(40, 3*time.Hour), `"start_date":"12/31/1999","end_date":"12/31/1999"`, opswattest.Fault{Body: `[{"timestamp":"May 18, 2018 10:40:00 AM"}]`}), "other days too", open},
		"none":     {opswatWith(0, 0), "no activity with a timestamp", open},
	})
}

func TestOPSWATEnd(t *testing.T) {
	opswatAnswers(t, "opswat.end", map[string]opswatWant{
		"413":         {opswatWith(3, time.Hour), "page 2: status 413, with an object with error", settled},
		"413, full":   {opswatWith(90, time.Hour), "page 9999: status 413", settled},
		"empty page":  {opswatWith(3, time.Hour, opswattest.WithEmptyPageAtEnd()), "page 2: status 200 and no activities", settled},
		"empty, full": {opswatWith(90, time.Hour, opswattest.WithEmptyPageAtEnd()), "page 9999: status 200 and no activities", settled},
		"refused":     {opswatWith(90, time.Hour, opswattest.WithMaxOffset(100)), "page 9999: status 400", settled},
		"any page":    {opswatFailing(opswatWith(90, time.Hour), `"page":9999`, opswattest.Fault{Body: `[{}]`}), "page 9999 has 1 activity", settled},
		"not the end": {opswatWith(90, time.Hour, opswattest.WithPageSizes(40)), "it has activities", open},
		"none":        {opswatWith(0, 0), "page 9999: status 413", settled},
		"404":         {opswatFailing(opswatWith(90, time.Hour), `"page":9999`, opswattest.Fault{Status: 404}), "nothing at this address", open},
	})
}

func TestOPSWATShort(t *testing.T) {
	moved := func() *opswattest.Server { // the short page's last activities are pushed to the page behind it
		return opswatArriving(opswatWith(45, time.Hour), 10)()
	}
	swapped := func() *opswattest.Server { // activities that are newer than the page
		return opswatFailing(opswatWith(3, time.Hour), `"page":2`, opswattest.Fault{Body: `[{"timestamp":"Jan 1, 2000 12:00:00 AM"}]`})()
	}
	opswatAnswers(t, "opswat.short", map[string]opswatWant{
		"yes":          {opswatWith(3, time.Hour), "yes: behind a page with 3 of 50", likely},
		"empty page":   {opswatWith(3, time.Hour, opswattest.WithEmptyPageAtEnd()), "yes: behind a page with 3 of 50", likely},
		"no":           {opswatWith(90, time.Hour, opswattest.WithPageSizes(40)), "no: behind a page with 40 of 50 activities there are others: 50", settled},
		"moved":        {moved, "yes: behind a page with 45 of 50", likely},
		"newer behind": {swapped, "arrived meanwhile", open},
		"full":         {opswatWith(90, time.Hour), "no page was short", open},
		"none":         {opswatWith(0, 0), "no page was short", open},
	})
}

func TestOPSWATHeader(t *testing.T) {
	for name, tt := range map[string]struct {
		options []opswattest.Option
		fault   *opswattest.Fault // of the request with a header
		says    string
		certainty
	}{
		"yes":        {[]opswattest.Option{opswattest.WithHeaderToken()}, nil, "yes", likely},
		"no":         {nil, nil, "no: status 400", likely},
		"no, 401":    {nil, &opswattest.Fault{Status: 401}, "no: status 401", settled},
		"no, 403":    {nil, &opswattest.Fault{Status: 403}, "no: status 403", settled},
		"login page": {nil, &opswattest.Fault{Body: "<html>"}, "cannot be understood", open},
		"500":        {nil, &opswattest.Fault{Status: 500}, "the service fails", open},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswatServer(3, time.Hour, tt.options...)
				server.FailWith(func(r opswattest.Request) *opswattest.Fault {
					if r.Header.Get("Authorization") == "" {
						return nil
					}
					return tt.fault
				})
				s := fakeOPSWATOf(server)
				f := answer(t, s, "opswat.header")
				assert.Contains(t, f.answer, tt.says)
				assert.Equal(t, server.Requests()[2].Status, s.asked[0].status)
				assert.Equal(t, tt.certainty, f.certainty)
				require.Len(t, server.Requests(), 3, "one token, the first page and this one")
				last := server.Requests()[2]
				assert.Empty(t, last.RawQuery)
				assert.True(t, strings.HasPrefix(last.Header.Get("Authorization"), "Bearer opswat-1-"))
			})
		})
	}
}

// The whole run is what shows it, since it takes answers from before and after a reset.
func TestOPSWATWindow(t *testing.T) {
	delta := opswattest.WithRateHeaders(opswattest.ResetInDelta)
	for name, tt := range map[string]struct {
		begin   time.Duration // in a minute
		options []opswattest.Option
		others  bool
		says    string
		certainty
	}{
		"any span":                  {0, []opswattest.Option{delta}, false, "any span of a minute", likely},
		"any span, in a minute":     {25 * time.Second, []opswattest.Option{delta}, false, "any span of a minute", likely},
		"any span, with tokens":     {0, []opswattest.Option{delta, opswattest.WithTokensCounted()}, false, "any span of a minute", likely},
		"fixed, from its beginning": {0, []opswattest.Option{delta, opswattest.WithFixedWindow()}, false, "fixed times", likely},
		"fixed":                     {25 * time.Second, []opswattest.Option{delta, opswattest.WithFixedWindow()}, false, "fixed times", likely},
		"no headers":                {0, nil, false, "do not say", open},
		"somebody else":             {0, []opswattest.Option{delta}, true, "somebody else uses the quota", open},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(tt.begin)
				server := opswatServer(40, 3*time.Hour, tt.options...)
				if tt.others {
					_, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 1}).Collect(t.Context(), 2)
					require.NoError(t, err)
				}
				answers, _ := opswatRun(t, fakeOPSWATOf(server), &user{silent: true})
				assert.Contains(t, answers["opswat.window"].Answer, tt.says)
				assert.Equal(t, tt.certainty, answers["opswat.window"].Certainty)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // one answer alone
		f := answer(t, fakeOPSWATOf(opswatServer(3, time.Hour, delta)), "opswat.window")
		assert.Equal(t, "the answers fit both", f.answer)
	})
	synctest.Test(t, func(t *testing.T) { // a reset that is always a minute away from its request
		p, now := probeOfOPSWAT(opswattest.NewServer()), time.Now()
		rate := func(sent, reset time.Duration) opswatRate {
			return opswatRate{sent: now.Add(sent), limit: 10, reset: now.Add(reset), hasReset: true}
		}
		for reset, want := range map[time.Duration]bool{80 * time.Second: true, 60 * time.Second: false, 100 * time.Second: false} {
			fixed, sliding := p.after(rate(0, time.Minute), rate(20*time.Second, reset))
			assert.False(t, fixed)
			assert.Equal(t, want, sliding, reset)
		}
	})
}
