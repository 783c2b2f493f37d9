package main

import (
	"testing"
	"time"

	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestAsperaStart(t *testing.T) {
	const in, out = ", and that very instant is included", ", and that very instant is not included"
	fine := asperatest.NewServer()
	fine.Add(transferAt(0, midweek().Add(123456)))
	noUpdate := asperatest.NewServer()
	item := transferAt(0, midweek())
	item.UpdatedAt = time.Time{}
	noUpdate.Add(item)
	millis := asperatest.NewServer()
	millis.Add(transferAt(0, midweek().Add(123*time.Millisecond)))
	short := asperatest.NewServer()
	item.SessionStop = item.SessionStart.Add(3 * time.Second)
	short.Add(item)
	asperaCases{
		"session start":   {asperaOf(9), "compared with the session start" + in, settled},
		"exclusive":       {asperaOf(9, asperatest.WithExclusiveBounds()), "compared with the session start" + out, settled},
		"exclusive stop":  {asperaOf(9, asperatest.WithExclusiveStop()), "compared with the session start" + in, settled},
		"milliseconds":    {millis, "compared with the session start" + in, settled},
		"session stop":    {asperaOf(9, asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStart)), "compared with the session stop" + in, settled},
		"stop, exclusive": {asperaOf(9, asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStart), asperatest.WithExclusiveBounds()), "session stop" + out, settled},
		"update":          {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "compared with the update" + in, settled},
		"That is wrong":   {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "That is wrong", settled},
		"no update":       {noUpdate, "compared with the session start" + in, settled},
		"finer times":     {fine, "whether that very instant is included is open: transfers: the request is refused (status 400)", likely},
		"short transfers": {short, "no transfer of the sample is over", open},
		"empty":           {asperaOf(0), "no transfer of the sample is over", open},
		"ignored":         {withoutBounds(9), "the transfer is listed for every start_time", open},
	}.run(t, "aspera.start")
}

func TestAsperaStop(t *testing.T) {
	const in, out = ", and that very instant is included", ", and that very instant is not included"
	asperaCases{
		"session start":   {asperaOf(9), "compared with the session start" + in, settled},
		"exclusive":       {asperaOf(9, asperatest.WithExclusiveBounds()), "compared with the session start" + out, settled},
		"exclusive stop":  {asperaOf(9, asperatest.WithExclusiveStop()), "compared with the session start" + out, settled},
		"session stop":    {asperaOf(9, asperatest.WithBounds(asperatest.SessionStart, asperatest.SessionStop)), "compared with the session stop" + in, settled},
		"update":          {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "compared with the update" + in, settled},
		"update, not in":  {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt), asperatest.WithExclusiveStop()), "compared with the update" + out, settled},
		"empty":           {asperaOf(0), "no transfer of the sample is over", open},
		"ignored":         {withoutBounds(9), "the transfer is listed for every stop_time", open},
		"refused spans":   {asperaOf(9, asperatest.WithSpan(time.Hour, 365*24*time.Hour)), "the request is refused (status 400)", open},
		"a narrow limit":  {asperaOf(9, asperatest.WithPageLimit(1)), "for one page", open},
		"the last minute": {asperaAt(time.Now().Add(-3 * time.Minute)), "no transfer of the sample is over", open},
	}.run(t, "aspera.stop")
}

func TestAsperaWindow(t *testing.T) {
	const day = 24 * time.Hour
	shortened := asperaOf(0)
	shortened.FailWith(asperaAnswering(`{"transfers":[],"start_time":"2026-01-01T00:00:00.000000000Z","stop_time":"2026-01-02T00:00:00.000000000Z"}`))
	asperaCases{
		"any":          {asperaOf(0), "4 minutes: accepted; 5 minutes: accepted; 6 months", settled},
		"as is said":   {asperaOf(0, asperatest.WithSpan(5*time.Minute, 190*day)), "4 minutes: refused (status 400); 5 minutes: accepted; 6 months", settled},
		"7 months not": {asperaOf(0, asperatest.WithSpan(5*time.Minute, 190*day)), "days): refused (status 400) | Split spans of more than 6 months", settled},
		"6 months not": {asperaOf(0, asperatest.WithSpan(5*time.Minute, 100*day)), "less than 6 months. The 90 days", settled},
		"longer only":  {asperaOf(0, asperatest.WithSpan(time.Hour, 400*day)), "too short", settled},
		"none":         {asperaOf(0, asperatest.WithSpan(400*day, 500*day)), "none of the spans", open},
		"shortened":    {shortened, "accepted, but answered for 24h", open},
	}.run(t, "aspera.window")
}
