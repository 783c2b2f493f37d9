package main

import (
	"testing"
	"time"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestSDElementsOrder(t *testing.T) {
	reversed := sdElementsItems(20, -time.Second)
	mixed := sdElementsItems(20, time.Second)
	mixed[3], mixed[9] = mixed[9], mixed[3]
	late := sdElementsItems(20, time.Second)
	late[12].ID = 99 // the newest id has a date 12 seconds before the newest
	veryLate := sdElementsItems(20, time.Hour)
	veryLate[12].ID = 99
	checkSDElements(t, "sdelements.order", map[string]sdElementsCase{
		"newest first": {sdElementsWith(sdElementsItems(20, time.Second)),
			"newest first: among 20 activities the date falls 19 times, rises 0 times and stays 0 times; the id falls 19 times", settled, "There is nothing to set."},
		"oldest first": {sdElementsWith(reversed), "oldest first", settled, "Set DateFrom"},
		"no order":     {sdElementsWith(mixed), "not by date", settled, "Set DateFrom"},
		"two":          {sdElementsWith(sdElementsItems(2, time.Second)), "newest first", likely, ""},
		"late":         {sdElementsWith(late), "one has a date 12s before that of an activity with a lower id", settled, "lookback of an hour finds"},
		"very late":    {sdElementsWith(veryLate), "has a date 12h before", settled, "A FollowOptions.Lookback of 12h1m finds"},
		"one":          {sdElementsWith(sdElementsItems(1, 0)), "the account shows 1 activity", open, ""},
		"one instant":  {sdElementsWith(sdElementsItems(20, 0)), "same date", open, ""},
		"no dates":     {sdElementsWith([]sdelements.Activity{{ID: 2}, {ID: 1}}), "or none", open, ""},
		"large is refused": {sdElementsWith(sdElementsItems(20, time.Second), sdelementstest.WithMaxPageSize(500)),
			"newest first: among 20", settled, ""},
	})
}

func TestSDElementsIDs(t *testing.T) {
	twice := sdElementsItems(30, time.Second)
	twice[15].ID = twice[2].ID
	onOnePage := sdElementsItems(30, time.Second)
	onOnePage[3].ID = onOnePage[2].ID
	vanishing := sdElementsWith(sdElementsItems(30, time.Second))
	vanishing.OnRequest(func(r sdelementstest.Request) {
		if r.Query().Get("page") == "2" {
			vanishing.InsertAt(0, sdelements.Activity{ID: 99, Date: sdNoon.Add(-time.Minute)})
		}
	})
	growing := sdElementsWith(sdElementsItems(30, time.Second))
	growing.OnRequest(func(r sdelementstest.Request) {
		growing.Add(sdelements.Activity{ID: int64(100 + r.N), Date: sdNoon.Add(time.Duration(r.N) * time.Second)})
	})
	tied := sdElementsItems(40, 0)
	checkSDElements(t, "sdelements.ids", map[string]sdElementsCase{
		"none":          {sdElementsWith(sdElementsItems(30, time.Second)), "no (30 activities on 3 pages, of which 0 had no id; 0 pages ended", likely, "assumes this"},
		"ties":          {sdElementsWith(tied), "1 page ended between activities of one instant", likely, ""},
		"ties that mix": {sdElementsWith(append(sdElementsItems(6, 0), sdElementsItems(1, 0)[0]), sdelementstest.WithShuffledTies(3)), "yes", settled, "ErrListChanged"},
		"repeated":      {sdElementsWith(twice), "1 id came again on another page", settled, "ErrListChanged"},
		"on one page":   {sdElementsWith(onOnePage), "1 id came again on one page", settled, ""},
		"rows come in":  {growing, "no (", likely, ""},
		"others": {answering(sdElementsWith(sdElementsItems(30, time.Second)), asksFor("page", "2"), sdelementstest.Fault{
			Body: `{"count":30,"next":null,"results":[{"id":98},{"id":97}]}`}), "0 ids came again on another page and 2 were missing", settled, ""},
		"rows are late": {vanishing, "count changed meanwhile", open, ""},
		"no count":      {without(sdElementsWith(twice), "count"), "or was missing", open, ""},
		"no dates":      {sdElementsWith([]sdelements.Activity{{ID: 2}, {ID: 1}}), "no activity has a date", open, ""},
		"one page":      {answering(sdElementsWith(twice), asks("page"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "1 activity fit on one page", open, ""},
		"page 2 fails":  {answering(sdElementsWith(twice), asksFor("page", "2"), failing), "page 2 cannot be read: status 500", open, ""},
		"one":           {sdElementsWith(twice[:1]), "the account shows 1 activity", open, ""},
	})
}
