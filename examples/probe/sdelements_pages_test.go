package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestSDElementsPageSize(t *testing.T) {
	few, some, many := sdElementsItems(50, time.Second), sdElementsItems(300, time.Second), sdElementsItems(2500, time.Second)
	testSDElements(t, "sdelements.page_size", map[string]sdElementsCase{
		"no limit to 2500":   {sdElementsServer(many), "10000 returns 2500 activities, which are all there are", likely, "may be 2500"},
		"limit of 100":       {sdElementsServer(many, sdelementstest.WithPageLimit(100)), "1000 returns 100 activities, though more follow", settled, "does not make pages larger"},
		"limit of 1000":      {sdElementsServer(many, sdelementstest.WithPageLimit(1000)), "10000 returns 1000 activities, though more follow", settled, "may be 1000"},
		"limit of 2000":      {sdElementsServer(many, sdelementstest.WithPageLimit(2000)), "10000 returns 2000 activities, though more follow", settled, "may be 2000"},
		"1000 is refused":    {sdElementsServer(many, sdelementstest.WithMaxPageSize(500)), "1000 is refused with status 400; 100 returns 100 activities", settled, "below 1000"},
		"10000 is refused":   {sdElementsServer(many, sdelementstest.WithMaxPageSize(5000)), "1000 returns 1000; 10000 is refused with status 400", settled, "may be 1000"},
		"10000 falls back":   {sdElementsFailing(sdElementsServer(many), asksFor("page_size", "10000"), sdelementstest.Fault{Body: `{"count":2500,"next":"/api/v2/activities/?page=2","results":[{"id":1}]}`}), "returns even less", settled, "may be 1000"},
		"10000 fails":        {sdElementsFailing(sdElementsServer(many), asksFor("page_size", "10000"), failing), "whether 10000 works is open: status 500", likely, "may be 1000"},
		"10000 is too long":  {sdElementsFailing(sdElementsServer(many), asksFor("page_size", "10000"), sdelementstest.Fault{Body: `{"results":[` + strings.Repeat(" ", maxBody) + `]}`}), "longer than the probe reads", likely, ""},
		"1 fails":            {sdElementsFailing(sdElementsServer(many), asksFor("page_size", "1"), failing), "1 cannot be requested: status 500 with another text in \"detail\" (open); 1000", likely, ""},
		"not obeyed":         {sdElementsServer(some, sdelementstest.WithIgnoredParameters()), "1 returns 1 activity; 1000 returns 300 activities, which are all there are", likely, "may be 300"},
		"minimum":            {sdElementsFailing(sdElementsServer(few), asksFor("page_size", "1"), sdelementstest.Fault{Body: `{"count":50,"next":null,"results":[{"id":1},{"id":2}]}`}), "the service ignores page_size: 1 returns 2 activities", settled, "does not work"},
		"too few activities": {sdElementsServer(few), "1000 returns 50 activities, which are all there are (open)", likely, ""},
		"one":                {sdElementsServer(few[:1]), "the account shows 1 activity", open, ""},
	})
}

func TestSDElementsLargestPage(t *testing.T) {
	f := answer(t, fakeSDElementsOf(sdElementsServer(sdElementsItems(10_001, time.Second))), "sdelements.page_size")
	assert.Equal(t, settles("1 returns 1 activity; 1000 returns 1000 activities; 10000 returns 10000 activities",
		"ActivityQuery.PageSize may be 10000, which takes fewer requests than the default of 100."), f)
}

func TestSDElementsLinks(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	const nowhere = `{"count":2,"next":%s,"results":[{"id":2}]}`
	linked := func(link string) *sdelementstest.Server {
		return sdElementsFailing(sdElementsServer(few), func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{Body: fmt.Sprintf(
			`{"count":3,"next":%s,"results":[{"id":2},{"id":3}]}`, link)})
	}
	testSDElements(t, "sdelements.links", map[string]sdElementsCase{
		"another":      {sdElementsServer(few), "no: it has another scheme and another host or port", settled, "must not send their key"},
		"the same":     {sdElementsServer(few, sdelementstest.WithLinkOrigin(sdelementstest.BaseURL)), "yes: it has the same scheme, host and port", settled, "There is nothing to set."},
		"its port":     {sdElementsServer(few, sdelementstest.WithLinkOrigin(sdelementstest.BaseURL+":443")), "yes: it has the same scheme, host and port", settled, ""},
		"plain":        {sdElementsServer(few, sdelementstest.WithLinkOrigin(strings.Replace(sdelementstest.BaseURL, "https", "http", 1))), "no: it has another scheme and another host or port", settled, "must not"},
		"other host":   {sdElementsServer(few, sdelementstest.WithLinkOrigin("https://secret.example.com")), "no: it has another host or port", settled, ""},
		"relative":     {linked(`"/api/v2/activities/?page=2"`), "yes: it has no scheme and no host", settled, ""},
		"none":         {without(sdElementsServer(few), "next"), "no page links to another", open, ""},
		"one fails":    {sdElementsFailing(sdElementsServer(few), asksFor("page_size", "1"), failing), "no page with a link to the next can be read: status 500", open, ""},
		"one activity": {sdElementsFailing(sdElementsServer(few), asks("page_size"), sdelementstest.Fault{Body: fmt.Sprintf(nowhere, "null")}), "the account shows 1", open, ""},
	})
}

func TestSDElementsPast(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	testSDElements(t, "sdelements.past", map[string]sdElementsCase{
		"404":        {sdElementsServer(few), `status 404 with "detail": "Invalid page."`, settled, "as"},
		"empty":      {sdElementsServer(few, sdelementstest.WithEmptyPastEnd()), "status 200 and no activities", settled, "ends the list"},
		"other text": {sdElementsFailing(sdElementsServer(few), asks("page"), sdelementstest.Fault{Status: 404, Body: `{"detail":"secret"}`}), `status 404 with another text in "detail"`, settled, "share"},
		"400":        {sdElementsFailing(sdElementsServer(few), asks("page"), sdelementstest.Fault{Status: 400, Body: `{"page":["secret"]}`}), `status 400 without a text in "detail"`, settled, "share"},
		"rows":       {sdElementsFailing(sdElementsServer(few), asks("page"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "status 200 and 1 activity: the service ignores the number", settled, ""},
		"no count":   {without(sdElementsServer(few), "count"), `status 404 with "detail"`, settled, ""},
		"500":        {sdElementsFailing(sdElementsServer(few), asks("page"), failing), "status 500", open, ""},
		"429":        {sdElementsFailing(sdElementsServer(few), asks("page"), sdelementstest.Fault{Status: 429}), "status 429", open, ""},
		"no rows":    {sdElementsServer(nil), `status 404 with "detail": "Invalid page."`, settled, ""},
	})
}
