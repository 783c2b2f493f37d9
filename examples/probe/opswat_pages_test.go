package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestOPSWATLimit(t *testing.T) {
	testOPSWAT(t, "opswat.limit", map[string]opswatCase{
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

func TestOPSWATEnd(t *testing.T) {
	testOPSWAT(t, "opswat.end", map[string]opswatCase{
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
	testOPSWAT(t, "opswat.short", map[string]opswatCase{
		"yes":          {opswatWith(3, time.Hour), "yes: after a page with 3 of 50", likely},
		"empty page":   {opswatWith(3, time.Hour, opswattest.WithEmptyPageAtEnd()), "yes: after a page with 3 of 50", likely},
		"no":           {opswatWith(90, time.Hour, opswattest.WithPageSizes(40)), "no: after a page with 40 of 50 activities there are others: 50", settled},
		"moved":        {moved, "yes: after a page with 45 of 50", likely},
		"newer behind": {swapped, "arrived meanwhile", open},
		"full":         {opswatWith(90, time.Hour), "no page was short", open},
		"none":         {opswatWith(0, 0), "no page was short", open},
	})
}
