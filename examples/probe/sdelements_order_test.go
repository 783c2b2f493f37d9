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
	testSDElements(t, "sdelements.order", map[string]sdElementsCase{
		"newest first": {sdElementsServer(sdElementsItems(20, time.Second)),
			"newest first: among 20 activities the date falls 19 times, rises 0 times and stays 0 times; the id falls 19 times", settled, "There is nothing to set."},
		"oldest first": {sdElementsServer(reversed), "oldest first", settled, "Set DateFrom"},
		"no order":     {sdElementsServer(mixed), "not by date", settled, "Set DateFrom"},
		"two":          {sdElementsServer(sdElementsItems(2, time.Second)), "newest first", likely, ""},
		"late":         {sdElementsServer(late), "one has a date 12s before that of an activity with a lower id", settled, "lookback of an hour finds"},
		"very late":    {sdElementsServer(veryLate), "has a date 12h before", settled, "A FollowOptions.Lookback of 12h1m finds"},
		"one":          {sdElementsServer(sdElementsItems(1, 0)), "the account shows 1 activity", open, ""},
		"one instant":  {sdElementsServer(sdElementsItems(20, 0)), "same date", open, ""},
		"no dates":     {sdElementsServer([]sdelements.Activity{{ID: 2}, {ID: 1}}), "or none", open, ""},
		"large is refused": {sdElementsServer(sdElementsItems(20, time.Second), sdelementstest.WithMaxPageSize(500)),
			"newest first: among 20", settled, ""},
	})
}

func TestSDElementsIDs(t *testing.T) {
	twice := sdElementsItems(30, time.Second)
	twice[15].ID = twice[2].ID
	onOnePage := sdElementsItems(30, time.Second)
	onOnePage[3].ID = onOnePage[2].ID
	vanishing := sdElementsServer(sdElementsItems(30, time.Second))
	vanishing.OnRequest(func(r sdelementstest.Request) {
		if r.Query().Get("page") == "2" {
			vanishing.InsertAt(0, sdelements.Activity{ID: 99, Date: sdNoon.Add(-time.Minute)})
		}
	})
	growing := sdElementsServer(sdElementsItems(30, time.Second))
	growing.OnRequest(func(r sdelementstest.Request) {
		growing.Add(sdelements.Activity{ID: int64(100 + r.N), Date: sdNoon.Add(time.Duration(r.N) * time.Second)})
	})
	tied := sdElementsItems(40, 0)
	testSDElements(t, "sdelements.ids", map[string]sdElementsCase{
		"none":          {sdElementsServer(sdElementsItems(30, time.Second)), "no (30 activities on 3 pages, of which 0 had no id; 0 pages ended", likely, "assumes this"},
		"ties":          {sdElementsServer(tied), "1 page ended between activities of one instant", likely, ""},
		"ties that mix": {sdElementsServer(append(sdElementsItems(6, 0), sdElementsItems(1, 0)[0]), sdelementstest.WithShuffledTies(3)), "yes", settled, "ErrListChanged"},
		"repeated":      {sdElementsServer(twice), "1 id came again on another page", settled, "ErrListChanged"},
		"on one page":   {sdElementsServer(onOnePage), "1 id came again on one page", settled, ""},
		"rows come in":  {growing, "no (", likely, ""},
		"others": {sdElementsFailing(sdElementsServer(sdElementsItems(30, time.Second)), asksFor("page", "2"), sdelementstest.Fault{
			Body: `{"count":30,"next":null,"results":[{"id":98},{"id":97}]}`}), "0 ids came again on another page and 2 were missing", settled, ""},
		"rows are late": {vanishing, "count changed meanwhile", open, ""},
		"no count":      {without(sdElementsServer(twice), "count"), "or was missing", open, ""},
		"no dates":      {sdElementsServer([]sdelements.Activity{{ID: 2}, {ID: 1}}), "no activity has a date", open, ""},
		"one page":      {sdElementsFailing(sdElementsServer(twice), asks("page"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "1 activity fit on one page", open, ""},
		"page 2 fails":  {sdElementsFailing(sdElementsServer(twice), asksFor("page", "2"), failing), "page 2 cannot be read: status 500", open, ""},
		"one":           {sdElementsServer(twice[:1]), "the account shows 1 activity", open, ""},
	})
}
