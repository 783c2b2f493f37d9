package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestOPSWATOrder(t *testing.T) {
	testOPSWAT(t, "opswat.order", map[string]opswatCase{
		"newest first":   {opswatOf(time.Hour, 2*time.Hour, 2*time.Hour, 3*time.Hour), "newest first, in a page of 4 activities with 2 steps", settled},
		"oldest first":   {opswatOf(3*time.Hour, 2*time.Hour, time.Hour), "oldest first", settled},
		"neither":        {opswatOf(3*time.Hour, time.Hour, 2*time.Hour), "not by time", settled},
		"clock set back": {opswatOf(time.Hour, 2*time.Hour, 90*time.Minute, 3*time.Hour), "except for one step forward by 30m;", likely},
		"one time":       {opswatOf(time.Hour, time.Hour), "no two times", open},
		"one":            {opswatOf(time.Hour), "no two times", open},
		"none":           {opswatOf(), "no activities", open},
	})
}

func TestOPSWATTimes(t *testing.T) {
	testOPSWAT(t, "opswat.times", map[string]opswatCase{
		"vendor's":   {opswatRaw(`{"timestamp":"Dec 18, 1999 10:40:00 AM"}`, `{"timestamp":"Dec 8, 1999 1:40:00 PM"}`), "of 2 timestamps, 2 of the vendor's form: 0 with a comma after the year, 0 with U+00A0 or U+202F for a space, 1 with a day of one digit, 0 with a zero", settled},
		"comma":      {opswatRaw(`{"timestamp":"Dec 18, 1999, 10:40:00\u202fAM"}`, `{"timestamp":"Dec 08, 1999, 01:40:00\u202fPM"}`), "2 with a comma after the year, 2 with U+00A0 or U+202F for a space, 0 with a day of one digit, 1 with a zero before the day, 1 with a zero before the hour", settled},
		"zone":       {opswatRaw(`{"timestamp":"1999-12-18T10:40:00Z"}`), "0 of the vendor's form", settled},
		"unreadable": {opswatRaw(`{"timestamp":"canary"}`, `{"timestamp":7}`, `{}`), "missing or unreadable: 3", settled},
		"none":       {opswatRaw(), "no activities", open},
	})
}

func TestOPSWATActions(t *testing.T) {
	at := `"timestamp":"Dec 31, 1999 10:40:00 AM"`
	testOPSWAT(t, "opswat.actions", map[string]opswatCase{
		"documented": {opswatRaw(`{`+at+`,"action":"blocked"}`, `{`+at+`,"action":"allowed"}`, `{`+at+`,"action":"blocked"}`), "in 3 activities: allowed (1), blocked (2)", likely},
		"console's":  {opswatRaw(`{` + at + `,"action":"Monitored (Allow)"}`), "Monitored (Allow) (1)", likely},
		"unknown":    {opswatRaw(`{`+at+`,"action":"quarantined"}`, `{`+at+`,"action":"canary@example.com"}`, `{`+at+`}`), "quarantined (1), 1 other is not shown, since it does not look like a word of the service; without an action: 1", settled},
		"people":     {opswatRaw(`{"action":"Canary Doe"}`, `{"action":"canary-1"}`), "2 others are not shown, since they do not look like words of the service", settled},
		"without":    {opswatRaw(`{` + at + `}`), "none of 1 activity has an action", open},
		"none":       {opswatRaw(), "no activities", open},
	})
	synctest.Test(t, func(t *testing.T) {
		assert.Contains(t, answer(t, fakeOPSWATOf(opswatRaw(`{"action":"quarantined"}`)()), "opswat.actions").follows, "KindOther")
		follows := answer(t, fakeOPSWATOf(opswatRaw(`{"action":"blocked"}`, `{"action":"monitored_allow"}`)()), "opswat.actions").follows
		assert.NotContains(t, follows, "KindOther")
		assert.Contains(t, follows, "The SDK has no constant for some of these.")
	})
}
