package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestSDElementsBounds(t *testing.T) {
	few := sdElementsItems(5, time.Second)
	whole := sdElementsItems(1, 0)
	whole[0].Date = whole[0].Date.Truncate(time.Second)
	// cut returns a service that rounds a parameter down to seconds.
	cut := func(parameter string) *sdelementstest.Server {
		server := sdElementsServer(few)
		inner := sdElementsServer(few)
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			query := r.Query()
			at, err := time.Parse(time.RFC3339Nano, query.Get(parameter))
			if err != nil {
				return nil
			}
			query.Set(parameter, at.Truncate(time.Second).Format(time.RFC3339Nano))
			return &sdelementstest.Fault{Body: sdElementsBody(inner, r.Path+"?"+query.Encode())}
		})
		return server
	}
	side := func(parameter string) *sdelementstest.Server {
		server := sdElementsServer(few)
		inner := sdElementsServer(few, sdelementstest.WithExclusiveBounds())
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if !r.Query().Has(parameter) {
				return nil
			}
			return &sdelementstest.Fault{Body: sdElementsBody(inner, r.Path+"?"+r.RawQuery)}
		})
		return server
	}
	vanishing := sdElementsServer(few)
	vanishing.OnRequest(func(r sdelementstest.Request) {
		if r.Query().Has("id") {
			vanishing.Delete(1, 2, 3, 4, 5)
		}
	})
	row := sdelementstest.Fault{Body: `{"results":[{"id":5}]}`}
	const fromIn, toIn = "date_from includes its own instant, and nothing a microsecond away", "date_to includes its own instant, and nothing a microsecond away"
	const fromOut, toOut = "date_from leaves out its own instant", "date_to leaves out its own instant"
	testSDElements(t, "sdelements.bounds", map[string]sdElementsCase{
		"included":       {sdElementsServer(few), fromIn + "; " + toIn, settled, "There is nothing to set."},
		"left out":       {sdElementsServer(few, sdelementstest.WithExclusiveBounds()), fromOut + "; " + toOut, settled, "by a microsecond"},
		"begin left out": {side("date_from"), fromOut + "; " + toIn, settled, "by a microsecond"},
		"end left out":   {side("date_to"), fromIn + "; " + toOut, settled, "by a microsecond"},
		"begin is cut":   {cut("date_from"), "date_from includes its own instant and what is a microsecond away: it is coarser; " + toIn, settled, "compare the ids"},
		"end is cut":     {cut("date_to"), fromIn + "; date_to leaves out an activity even if it is a microsecond wider: it is coarser", settled, "by a second"},
		"vanished":       {vanishing, "not listed by its id", open, ""},
		"no date_to":     {sdElementsFailing(sdElementsServer(few), asks("date_to"), row), fromIn + "; date_to leaves out nothing in addition to the filter id (open)", likely, ""},
		"no id":          {sdElementsFailing(sdElementsServer(few), asks("id"), sdelementstest.Fault{Body: `{"results":[{"id":5},{"id":4}]}`}), "the service ignores the filter id", open, ""},
		"fails":          {sdElementsFailing(sdElementsServer(few), asks("date_to"), failing), fromIn + "; date_to: status 500", likely, ""},
		"one":            {sdElementsServer(whole), fromIn + "; " + toIn, settled, ""},
		"no reference":   {sdElementsServer([]sdelements.Activity{{ID: 1}, {ID: 2, Date: sdNoon}, {ID: 2, Date: sdNoon}}), "no activity has both a unique id", open, ""},
		"no rows":        {sdElementsServer(nil), "the account shows 0", open, ""},
	})
}

// sdElementsBody returns a fake's answer.
func sdElementsBody(server *sdelementstest.Server, target string) string {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://example.com"+target, nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Token "+sdelementstest.Key)
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		panic(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func TestSDElementsZone(t *testing.T) {
	few, dense := sdElementsItems(5, time.Second), sdElementsItems(900, 4*time.Minute)
	sparse := sdElementsItems(40, 47*time.Minute)
	zone := func(d time.Duration) sdelementstest.Option {
		return sdelementstest.WithLocalTime(time.FixedZone("", int(d/time.Second)))
	}
	local := func(r sdelementstest.Request) bool {
		return r.Query().Has("id") && !strings.HasSuffix(r.Query().Get("date_from")+r.Query().Get("date_to"), "Z")
	}
	testSDElements(t, "sdelements.zone", map[string]sdElementsCase{
		"UTC":           {sdElementsServer(dense, zone(0)), "UTC, as with a Z", settled, "There is nothing to set."},
		"UTC, few":      {sdElementsServer(few, zone(0)), "UTC, as with a Z", settled, ""},
		"exclusive":     {sdElementsServer(few, zone(0), sdelementstest.WithExclusiveBounds()), "UTC, as with a Z", settled, ""},
		"east":          {sdElementsServer(dense, zone(5*time.Hour+30*time.Minute)), "local time: a zone east of UTC, by 5h30m", settled, "write the Z"},
		"far east":      {sdElementsServer(dense, zone(14*time.Hour)), "local time: a zone east of UTC, by 14h", settled, ""},
		"west":          {sdElementsServer(dense, zone(-4*time.Hour)), "local time: a zone west of UTC, by 4h", settled, ""},
		"far west":      {sdElementsServer(dense, zone(-12*time.Hour)), "local time: a zone west of UTC, by 12h", settled, ""},
		"east, sparse":  {sdElementsServer(sparse, zone(2*time.Hour)), "local time: a zone east of UTC, by 1h45m to 2h15m", settled, ""},
		"east, few":     {sdElementsServer(few, zone(2*time.Hour)), "local time: a zone east of UTC", settled, ""},
		"refused":       {sdElementsServer(few), "refused with status 400", likely, "There is nothing to set."},
		"fails":         {sdElementsFailing(sdElementsServer(few), local, failing), "status 500", open, ""},
		"not obeyed":    {sdElementsFailing(sdElementsServer(few), local, sdelementstest.Fault{Body: `{"results":[{"id":5}]}`}), "leaves out nothing", open, ""},
		"nothing comes": {sdElementsFailing(sdElementsServer(few), local, sdelementstest.Fault{Body: `{"results":[]}`}), "neither", open, ""},
		"no id":         {sdElementsFailing(sdElementsServer(few), local, sdelementstest.Fault{Body: `{"results":[{"id":5},{"id":4}]}`}), "the service ignores the filter id", open, ""},
		"no reference":  {sdElementsServer([]sdelements.Activity{{ID: 1}}), "no activity has both a unique id", open, ""},
		"no rows":       {sdElementsServer(nil), "the account shows 0", open, ""},
	})
}

// The list that would show the hours of the offset has another page, or is too short.
func TestSDElementsZoneIncomplete(t *testing.T) {
	east := sdelementstest.WithLocalTime(time.FixedZone("", 2*60*60))
	hours := func(r sdelementstest.Request) bool { return r.Query().Has("date_from") && !r.Query().Has("id") }
	cut := sdElementsFailing(sdElementsServer(sdElementsItems(900, 4*time.Minute), east), hours, sdelementstest.Fault{Body: fmt.Sprintf(
		`{"count":2,"next":"/api/v2/activities/?page=2","results":[{"id":900,"date":%q}]}`, sdNoon.Add(-2*time.Hour).Format(time.RFC3339Nano))})
	few := sdElementsServer(sdElementsItems(5, time.Second), east)
	for _, server := range []*sdelementstest.Server{cut, few} {
		f := answer(t, fakeSDElementsOf(server), "sdelements.zone")
		assert.Equal(t, "local time: a zone east of UTC", f.answer)
		assert.Equal(t, settled, f.certainty)
	}
	assert.False(t, slices.ContainsFunc(few.Requests(), hours), "what cannot tell is not asked")
}
