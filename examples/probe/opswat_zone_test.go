package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

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
		"UTC":          {opswattest.NewServer(), 3, "y", 30 * time.Second, time.Second, "UTC, according to what arrived after your access", settled},
		"first of all": {opswattest.NewServer(), 0, "y", 30 * time.Second, time.Second, "UTC, according to", settled},
		"Tokyo":        {opswattest.NewServer(tokyo), 3, "y", 30 * time.Second, time.Second, "UTC+09:00, according to", settled},
		"New York":     {opswattest.NewServer(york), 3, "y", time.Minute, 50 * time.Second, "UTC-05:00, according to", settled},
		"Kathmandu":    {opswattest.NewServer(kathmandu), 3, "y", time.Minute, 50 * time.Second, "UTC+05:45, according to", settled},
		"rows of 2018": {old, 0, "y", time.Minute, 50 * time.Second, "UTC, according to", settled},
		"too long":     {opswattest.NewServer(), 3, "y", 40 * time.Minute, 10 * time.Minute, "no zone that is more than", open},
		"no access":    {opswattest.NewServer(), 3, "y", 30 * time.Second, -1, "your access was not listed in time", open},
		"an old one":   {opswattest.NewServer(), 3, "y", 30 * time.Second, 38 * time.Minute, "no zone that is more than", open},
		"a late one":   {opswattest.NewServer(), 0, "y", 30 * time.Second, 25 * time.Second, "UTC, according to an activity that arrived between", likely},
		"listed late":  {opswattest.NewServer(opswattest.WithRateHeaders(opswattest.ResetInDelta)), 30, "y", 30 * time.Second, -1, "UTC, according to what arrived", settled},
		"a yes":        {opswattest.NewServer(), 3, "Yes", 30 * time.Second, time.Second, "UTC, according to what arrived after your access", settled},
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
				answers, _ := probeService(t, s, opswatUser(tt.line, func() {
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
				assert.LessOrEqual(t, opswattest.MaxInWindow(tt.server.Requests(), time.Minute), opswatMaxRequests)
				assert.LessOrEqual(t, s.sender.sent(), opswatMaxRequests)
			})
		})
	}
}

func TestOPSWATZoneAtTheEndOfTheInput(t *testing.T) {
	for name, u := range map[string]*prompt{
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
				answers, _ := probeService(t, s, u)
				assert.NotContains(t, answers["opswat.zone"].Answer, "you made")
				assert.NotEqual(t, settled, answers["opswat.zone"].Certainty)
			})
		})
	}
}

func TestOPSWATZoneWithoutUser(t *testing.T) {
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
	testOPSWAT(t, "opswat.zone", map[string]opswatCase{
		"UTC":                   {opswatWith(3, time.Hour), "no zone that is more than 1m", open},
		"Tokyo":                 {opswatWith(3, time.Hour, opswatIn(t, "Asia/Tokyo")), "not UTC: the newest timestamp, read as UTC, is 8h59m", likely},
		"New York":              {opswatWith(3, time.Hour, opswatIn(t, "America/New_York")), "no zone that is more than 5h1m west", open},
		"one arrives":           {arriving(), "UTC, according to an activity that arrived between two requests", likely},
		"one arrives in Tokyo":  {arriving(opswatIn(t, "Asia/Tokyo")), "UTC+09:00, according to an activity", likely},
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

// opswatArrivesLate returns a fake that lists an activity an hour late.
func opswatArrivesLate() *opswattest.Server {
	server := opswatServer(3, time.Hour)
	server.OnRequest(func(opswattest.Request) {
		if len(server.APIRequests()) == 2 {
			server.Add(opswatActivity(time.Hour - time.Second))
		}
	})
	return server
}

// opswatInput is a user who does something and then enters a line.
type opswatInput struct {
	does func()
	line string
}

func (i opswatInput) Read(p []byte) (int, error) {
	i.does()
	return copy(p, i.line+"\n"), nil
}

func opswatUser(line string, does func()) *prompt {
	return &prompt{in: bufio.NewReader(opswatInput{does, line}), out: io.Discard}
}
