package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// sdNoon is the date of an activity, in microseconds.
var sdNoon = time.Date(2024, time.March, 5, 12, 0, 0, 123_456_000, time.UTC)

// sdElementsWith makes a fake with activities.
func sdElementsWith(items []sdelements.Activity, options ...sdelementstest.Option) *sdelementstest.Server {
	server := sdelementstest.NewServer(options...)
	server.InsertAt(0, items...)
	return server
}

// sdElementsItems makes n activities, newest first, with a step between their dates, by the names
// in turn.
func sdElementsItems(n int, step time.Duration, names ...sdelements.ActivityName) []sdelements.Activity {
	items := make([]sdelements.Activity, n)
	for i := range items {
		items[i] = sdelements.Activity{ID: int64(n - i), Actor: sdelementstest.Me, Date: sdNoon.Add(-time.Duration(i) * step)}
		if len(names) > 0 {
			items[i].Name = names[i%len(names)]
		}
	}
	return items
}

// sdElementsCase is a fake, and what the probe must say of it.
type sdElementsCase struct {
	server    *sdelementstest.Server
	says      string
	certainty certainty
	follows   string
}

func checkSDElements(t *testing.T, id string, cases map[string]sdElementsCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := answer(t, fakeSDElementsOf(c.server), id)
			assert.Contains(t, f.answer, c.says)
			assertWording(t, f)
			assert.Equal(t, c.certainty, f.certainty, f.answer)
			assert.Contains(t, f.follows, c.follows)
			if c.certainty == open {
				assert.Empty(t, f.follows)
			}
		})
	}
}

// answering has a fake answer what asks for a parameter's value, or for the path, with something
// else.
func answering(server *sdelementstest.Server, want func(r sdelementstest.Request) bool, fault sdelementstest.Fault) *sdelementstest.Server {
	server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
		if want(r) {
			return &fault
		}
		return nil
	})
	return server
}

func asks(parameter string) func(r sdelementstest.Request) bool {
	return func(r sdelementstest.Request) bool { return r.Query().Has(parameter) }
}

func asksFor(parameter, value string) func(r sdelementstest.Request) bool {
	return func(r sdelementstest.Request) bool { return r.Query().Get(parameter) == value }
}

// without has a fake leave out a member of its answers.
func without(server *sdelementstest.Server, member string) *sdelementstest.Server {
	return answering(server, func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{
		Damage: func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`"`+member+`":`), []byte(`"x":`)) },
	})
}

var failing = sdelementstest.Fault{Status: http.StatusInternalServerError, Body: `{"detail":"secret"}`}

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
			"newest first: among 20 activities the date falls 19 times, rises 0 times and stays 0 times; the id falls 19 times", settled, "Nothing is to be set."},
		"oldest first": {sdElementsWith(reversed), "oldest first", settled, "Set DateFrom"},
		"no order":     {sdElementsWith(mixed), "not by date", settled, "Set DateFrom"},
		"two":          {sdElementsWith(sdElementsItems(2, time.Second)), "newest first", likely, ""},
		"late":         {sdElementsWith(late), "one has a date that lies 12s before that of an activity with a lower id", settled, "lookback of an hour finds"},
		"very late":    {sdElementsWith(veryLate), "lies 12h before", settled, "A FollowOptions.Lookback of 12h1m finds"},
		"one":          {sdElementsWith(sdElementsItems(1, 0)), "the account shows 1 activity", open, ""},
		"one instant":  {sdElementsWith(sdElementsItems(20, 0)), "same date", open, ""},
		"no dates":     {sdElementsWith([]sdelements.Activity{{ID: 2}, {ID: 1}}), "or none", open, ""},
		"large is refused": {sdElementsWith(sdElementsItems(20, time.Second), sdelementstest.WithMaxPageSize(500)),
			"newest first: among 20", settled, ""},
	})
}

func TestSDElementsWords(t *testing.T) {
	odd := sdElementsItems(6, time.Second, "LoggedInActivity", "SomethingNewActivity", "Jane Doe did it", "AcmeSecret")
	odd[0].LogLevel, odd[1].LogLevel, odd[2].LogLevel = "success", "alarm", "Jane Doe"
	usual := sdElementsItems(3, time.Second, sdelements.LoggedInActivity)
	usual[0].LogLevel = sdelements.LogLevelCreate
	few := sdElementsItems(2, time.Second)
	checkSDElements(t, "sdelements.names", map[string]sdElementsCase{
		"new ones": {sdElementsWith(odd), "without a constant: SomethingNewActivity (2), 2 others are not shown, since they do not look like words of the service; 1 name with a constant in 6 activities", settled, "KindOther"},
		"none":     {sdElementsWith(usual), "none: 1 name with a constant in 3 activities", likely, "constant for each"},
		"no names": {sdElementsWith(few), "no activity has a name", open, ""},
		"empty":    {sdElementsWith(nil), "the account shows 0 activities", open, ""},
	})
	checkSDElements(t, "sdelements.levels", map[string]sdElementsCase{
		"new ones": {sdElementsWith(odd), "without a constant: alarm (1), 1 other is not shown, since it does not look like a word of the service; besides no level (3), success (1) in 6 activities", settled, "Activity.LogLevel"},
		"usual":    {sdElementsWith(usual), "no level (2), create (1) in 3 activities", likely, "constant for each"},
		"none":     {sdElementsWith(few), "no level (2) in 2 activities", likely, ""},
		"empty":    {sdElementsWith(nil), "the account shows 0 activities", open, ""},
	})
}

func TestSDElementsMembers(t *testing.T) {
	note := func(data string) sdelements.Activity {
		return sdelements.Activity{Raw: json.RawMessage(`{"id":1,"name":"AddedNoteActivity","data":` + data + `}`)}
	}
	checkSDElements(t, "sdelements.members", map[string]sdElementsCase{
		"all have it":  {sdElementsWith([]sdelements.Activity{note(`{"note":1}`), note(`{"note_desc":"x"}`)}), "note or note_desc is in 2 of 2", settled, ""},
		"some have it": {sdElementsWith([]sdelements.Activity{note(`{"note":1}`), note(`{"notes":1}`)}), "note or note_desc is in 1 of 2", settled, "Activity.Data"},
		"group": {sdElementsWith([]sdelements.Activity{{Raw: json.RawMessage(
			`{"id":1,"name":"AddedGroupToGroupActivity","data":{"target_group_desc":"x"}}`)}}), "target_group or target_group_desc is in 1 of 1", settled, ""},
		"none":  {sdElementsWith(sdElementsItems(3, time.Second, sdelements.LoggedInActivity)), "no activity is about", open, ""},
		"empty": {sdElementsWith(nil), "the account shows 0 activities", open, ""},
	})
}

func TestSDElementsPageSize(t *testing.T) {
	few, some, many := sdElementsItems(50, time.Second), sdElementsItems(300, time.Second), sdElementsItems(2500, time.Second)
	checkSDElements(t, "sdelements.page_size", map[string]sdElementsCase{
		"no limit to 2500":   {sdElementsWith(many), "10000 brings 2500 activities, which are all there are", likely, "may be 2500"},
		"limit of 100":       {sdElementsWith(many, sdelementstest.WithPageLimit(100)), "1000 brings 100 activities, though more follow", settled, "brings no more"},
		"limit of 1000":      {sdElementsWith(many, sdelementstest.WithPageLimit(1000)), "10000 brings 1000 activities, though more follow", settled, "may be 1000"},
		"limit of 2000":      {sdElementsWith(many, sdelementstest.WithPageLimit(2000)), "10000 brings 2000 activities, though more follow", settled, "may be 2000"},
		"1000 is refused":    {sdElementsWith(many, sdelementstest.WithMaxPageSize(500)), "1000 is refused with status 400; 100 brings 100 activities", settled, "below 1000"},
		"10000 is refused":   {sdElementsWith(many, sdelementstest.WithMaxPageSize(5000)), "1000 brings 1000; 10000 is refused with status 400", settled, "may be 1000"},
		"10000 falls back":   {answering(sdElementsWith(many), asksFor("page_size", "10000"), sdelementstest.Fault{Body: `{"count":2500,"next":"/api/v2/activities/?page=2","results":[{"id":1}]}`}), "brings even less", settled, "may be 1000"},
		"10000 fails":        {answering(sdElementsWith(many), asksFor("page_size", "10000"), failing), "whether 10000 works is open: status 500", likely, "may be 1000"},
		"10000 is too long":  {answering(sdElementsWith(many), asksFor("page_size", "10000"), sdelementstest.Fault{Body: `{"results":[` + strings.Repeat(" ", maxBody) + `]}`}), "longer than this program reads", likely, ""},
		"1 fails":            {answering(sdElementsWith(many), asksFor("page_size", "1"), failing), "1 cannot be asked for: status 500 with another text in \"detail\" (open); 1000", likely, ""},
		"not obeyed":         {sdElementsWith(some, sdelementstest.WithIgnoredParameters()), "1 brings 1 activity; 1000 brings 300 activities, which are all there are", likely, "may be 300"},
		"minimum":            {answering(sdElementsWith(few), asksFor("page_size", "1"), sdelementstest.Fault{Body: `{"count":50,"next":null,"results":[{"id":1},{"id":2}]}`}), "page_size is not obeyed: 1 brings 2 activities", settled, "has no effect"},
		"too few activities": {sdElementsWith(few), "1000 brings 50 activities, which are all there are (open)", likely, ""},
		"one":                {sdElementsWith(few[:1]), "the account shows 1 activity", open, ""},
	})
}

func TestSDElementsLargestPage(t *testing.T) {
	f := answer(t, fakeSDElementsOf(sdElementsWith(sdElementsItems(10_001, time.Second))), "sdelements.page_size")
	assert.Equal(t, settles("1 brings 1 activity; 1000 brings 1000 activities; 10000 brings 10000 activities",
		"ActivityQuery.PageSize may be 10000, which takes fewer requests than the default of 100."), f)
}

func TestSDElementsLinks(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	const nowhere = `{"count":2,"next":%s,"results":[{"id":2}]}`
	linked := func(link string) *sdelementstest.Server {
		return answering(sdElementsWith(few), func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{Body: fmt.Sprintf(
			`{"count":3,"next":%s,"results":[{"id":2},{"id":3}]}`, link)})
	}
	checkSDElements(t, "sdelements.links", map[string]sdElementsCase{
		"another":      {sdElementsWith(few), "the scheme is the same: no; the host is the same: no", settled, "must not send its key"},
		"the same":     {sdElementsWith(few, sdelementstest.WithLinkOrigin(sdelementstest.BaseURL)), "the scheme is the same: yes; the host is the same: yes", settled, "Nothing is to be set."},
		"its port":     {sdElementsWith(few, sdelementstest.WithLinkOrigin(sdelementstest.BaseURL+":443")), "host is the same: yes", settled, ""},
		"plain":        {sdElementsWith(few, sdelementstest.WithLinkOrigin(strings.Replace(sdelementstest.BaseURL, "https", "http", 1))), "the scheme is the same: no; the host is the same: no", settled, "must not"},
		"other host":   {sdElementsWith(few, sdelementstest.WithLinkOrigin("https://secret.example.com")), "the scheme is the same: yes; the host is the same: no", settled, ""},
		"relative":     {linked(`"/api/v2/activities/?page=2"`), "no scheme and no host", settled, ""},
		"none":         {without(sdElementsWith(few), "next"), "no page links to another", open, ""},
		"one fails":    {answering(sdElementsWith(few), asksFor("page_size", "1"), failing), "no page that others follow can be read: status 500", open, ""},
		"one activity": {answering(sdElementsWith(few), asks("page_size"), sdelementstest.Fault{Body: fmt.Sprintf(nowhere, "null")}), "the account shows 1", open, ""},
	})
}

func TestSDElementsPast(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	checkSDElements(t, "sdelements.past", map[string]sdElementsCase{
		"404":        {sdElementsWith(few), `status 404 with "detail": "Invalid page."`, settled, "as"},
		"empty":      {sdElementsWith(few, sdelementstest.WithEmptyPastEnd()), "status 200 and no activities", settled, "the end of the list"},
		"other text": {answering(sdElementsWith(few), asks("page"), sdelementstest.Fault{Status: 404, Body: `{"detail":"secret"}`}), `status 404 with another text in "detail"`, settled, "share"},
		"400":        {answering(sdElementsWith(few), asks("page"), sdelementstest.Fault{Status: 400, Body: `{"page":["secret"]}`}), `status 400 without a text in "detail"`, settled, "share"},
		"rows":       {answering(sdElementsWith(few), asks("page"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "status 200 and 1 activity: the number is not obeyed", settled, ""},
		"no count":   {without(sdElementsWith(few), "count"), `status 404 with "detail"`, settled, ""},
		"500":        {answering(sdElementsWith(few), asks("page"), failing), "status 500", open, ""},
		"429":        {answering(sdElementsWith(few), asks("page"), sdelementstest.Fault{Status: 429}), "status 429", open, ""},
		"no rows":    {sdElementsWith(nil), `status 404 with "detail": "Invalid page."`, settled, ""},
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
		"none":          {sdElementsWith(sdElementsItems(30, time.Second)), "no (30 activities on 3 pages, of which 0 had no id; 0 joints", likely, "assumes so"},
		"ties":          {sdElementsWith(tied), "1 joint of two pages lay between activities of one instant", likely, ""},
		"ties that mix": {sdElementsWith(append(sdElementsItems(6, 0), sdElementsItems(1, 0)[0]), sdelementstest.WithShuffledTies(3)), "yes", settled, "ErrListChanged"},
		"repeated":      {sdElementsWith(twice), "1 id came again on another page", settled, "ErrListChanged"},
		"on one page":   {sdElementsWith(onOnePage), "1 id came again on one page", settled, ""},
		"rows come in":  {growing, "no (", likely, ""},
		"others": {answering(sdElementsWith(sdElementsItems(30, time.Second)), asksFor("page", "2"), sdelementstest.Fault{
			Body: `{"count":30,"next":null,"results":[{"id":98},{"id":97}]}`}), "0 ids came again on another page and 2 were missing", settled, ""},
		"rows are late": {vanishing, "count changed meanwhile", open, ""},
		"no count":      {without(sdElementsWith(twice), "count"), "or there was none", open, ""},
		"no dates":      {sdElementsWith([]sdelements.Activity{{ID: 2}, {ID: 1}}), "no activity has a date", open, ""},
		"one page":      {answering(sdElementsWith(twice), asks("page"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "1 activity fit on one page", open, ""},
		"page 2 fails":  {answering(sdElementsWith(twice), asksFor("page", "2"), failing), "page 2 cannot be read: status 500", open, ""},
		"one":           {sdElementsWith(twice[:1]), "the account shows 1 activity", open, ""},
	})
}

func TestSDElementsCount(t *testing.T) {
	many := sdElementsItems(30, time.Second, "LoggedOutActivity", "LoggedInActivity", "LoggedInActivity")
	unordered := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity")
	unordered[3], unordered[9] = unordered[9], unordered[3]
	body := func(count string) sdelementstest.Fault {
		return sdelementstest.Fault{Body: `{"count":` + count + `,"next":null,"results":[{"id":1}]}`}
	}
	checkSDElements(t, "sdelements.count", map[string]sdElementsCase{
		"filtered":      {sdElementsWith(many), "yes: 10, as many as fit the filters, where the whole list has 30", settled, "is right"},
		"whole":         {sdElementsWith(many, sdelementstest.WithUnfilteredCount()), "no: 30, the whole list, where 10 fit", settled, "count them yourself"},
		"exclusive":     {sdElementsWith(many, sdelementstest.WithExclusiveBounds()), "yes: 10", settled, ""},
		"on the page":   {answering(sdElementsWith(many), asks("name"), body("1")), "no: 1, those on the page", settled, ""},
		"odd":           {answering(sdElementsWith(many), asks("name"), body("7")), "7, where 10 that were read", open, ""},
		"none":          {answering(sdElementsWith(many), asks("name"), body("null")), "a filtered page has no count", settled, "-1"},
		"never":         {without(sdElementsWith(many), "count"), "a page has no count", settled, ""},
		"fails":         {answering(sdElementsWith(many), asks("name"), failing), "status 500", open, ""},
		"one name":      {sdElementsWith(sdElementsItems(30, time.Second, "LoggedInActivity")), "yes: 29", settled, ""},
		"names of one":  {sdElementsWith(sdElementsItems(3, time.Second, "AActivity", "BActivity", "CActivity")), "no name occurs", open, ""},
		"not by date":   {sdElementsWith(unordered), "not listed by date", open, ""},
		"two":           {sdElementsWith(many[:2]), "the account shows 2 activities", open, ""},
		"more than one": {sdElementsWith(sdElementsItems(2500, time.Second, "LoggedInActivity", "LoggedInActivity", "LoggedOutActivity")), "yes: 333, as many", settled, ""},
	})
}

func TestSDElementsLookups(t *testing.T) {
	many := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity", "AddedNoteActivity", "AddedNoteActivity", "AddedNoteActivity")
	one := func(row string) sdelementstest.Fault { return sdelementstest.Fault{Body: `{"results":[` + row + `]}`} }
	twoNames := sdElementsItems(30, time.Second, "LoggedInActivity", "LoggedOutActivity")
	first := func(r sdelementstest.Request) bool { return len(r.Query()["name"]) == 2 }
	checkSDElements(t, "sdelements.lookups", map[string]sdElementsCase{
		"refused":       {sdElementsWith(many), "name__in is refused with status 400; id__in is refused with status 400; name twice is refused with status 400", settled, "one list for each"},
		"honoured":      {sdElementsWith(many, sdelementstest.WithLookups(), sdelementstest.WithSeveralValues()), "name__in is honoured, with a comma between the values; id__in is honoured, with a comma between the values; name twice finds either", settled, "Extra takes name__in. ActivityQuery.Extra takes id__in."},
		"ignored":       {sdElementsWith(many, sdelementstest.WithIgnoredParameters(), sdelementstest.WithLastValue()), "name__in is ignored: all come; id__in is ignored: all come; of name twice the last counts", settled, "Do not use name__in"},
		"first counts":  {answering(sdElementsWith(many), first, one(`{"id":1,"name":"LoggedInActivity"}`)), "of name twice the first counts", settled, ""},
		"both must fit": {answering(sdElementsWith(many), first, one("")), "name twice finds nothing", settled, ""},
		"not looked at": {answering(sdElementsWith(many), first, one(`{"id":1,"name":"AddedNoteActivity"}`)), "name twice is ignored", settled, ""},
		"more follow":   {answering(sdElementsWith(many), first, sdelementstest.Fault{Body: `{"count":2,"next":null,"results":[{"id":1,"name":"LoggedInActivity"}]}`}), "name twice: a page shows one of the names (open)", likely, ""},
		"one of two":    {answering(sdElementsWith(many), asks("name__in"), one(`{"id":1,"name":"LoggedInActivity"}`)), "name__in takes one of two values", settled, ""},
		"nothing":       {answering(sdElementsWith(many), asks("id__in"), one("")), "id__in with a comma between the values finds nothing", settled, ""},
		"fails":         {answering(sdElementsWith(many), asks("id__in"), failing), `id__in: status 500 with another text in "detail" (open)`, likely, ""},
		"two names":     {sdElementsWith(twoNames, sdelementstest.WithLookups()), "name__in: the newest activities have fewer than three names (open); id__in is honoured", likely, ""},
		"no ids":        {sdElementsWith([]sdelements.Activity{{Name: "A"}, {Name: "B"}, {Name: "B"}}), "id__in: fewer than three activities have ids", open, ""},
		"two":           {sdElementsWith(many[:2]), "the account shows 2 activities", open, ""},
	})
}

func TestSDElementsUnknown(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	const unknown = "activity_probe_unknown"
	checkSDElements(t, "sdelements.unknown", map[string]sdElementsCase{
		"refused": {sdElementsWith(few), "it is refused with status 400", settled, "activity.ErrInvalid"},
		"ignored": {sdElementsWith(few, sdelementstest.WithIgnoredParameters()), "it is ignored", settled, "not noticed"},
		"nothing": {answering(sdElementsWith(few), asks(unknown), sdelementstest.Fault{Body: `{"results":[]}`}), "nothing is listed", settled, "an empty list"},
		"fails":   {answering(sdElementsWith(few), asks(unknown), failing), "status 500", open, ""},
		"no rows": {sdElementsWith(nil, sdelementstest.WithIgnoredParameters()), "it is taken, and there are no activities", open, ""},
	})
}

func TestSDElementsBounds(t *testing.T) {
	few := sdElementsItems(5, time.Second)
	whole := sdElementsItems(1, 0)
	whole[0].Date = whole[0].Date.Truncate(time.Second)
	// cut has a service leave out of a date what is finer than a second.
	cut := func(parameter string) *sdelementstest.Server {
		server := sdElementsWith(few)
		inner := sdElementsWith(few)
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
		server := sdElementsWith(few)
		inner := sdElementsWith(few, sdelementstest.WithExclusiveBounds())
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if !r.Query().Has(parameter) {
				return nil
			}
			return &sdelementstest.Fault{Body: sdElementsBody(inner, r.Path+"?"+r.RawQuery)}
		})
		return server
	}
	vanishing := sdElementsWith(few)
	vanishing.OnRequest(func(r sdelementstest.Request) {
		if r.Query().Has("id") {
			vanishing.Delete(1, 2, 3, 4, 5)
		}
	})
	row := sdelementstest.Fault{Body: `{"results":[{"id":5}]}`}
	const fromIn, toIn = "date_from includes its own instant, and nothing a microsecond away", "date_to includes its own instant, and nothing a microsecond away"
	const fromOut, toOut = "date_from leaves out its own instant", "date_to leaves out its own instant"
	checkSDElements(t, "sdelements.bounds", map[string]sdElementsCase{
		"included":       {sdElementsWith(few), fromIn + "; " + toIn, settled, "Nothing is to be set."},
		"left out":       {sdElementsWith(few, sdelementstest.WithExclusiveBounds()), fromOut + "; " + toOut, settled, "by a microsecond"},
		"begin left out": {side("date_from"), fromOut + "; " + toIn, settled, "by a microsecond"},
		"end left out":   {side("date_to"), fromIn + "; " + toOut, settled, "by a microsecond"},
		"begin is cut":   {cut("date_from"), "date_from includes its own instant and what is a microsecond away: it is coarser; " + toIn, settled, "compare the ids"},
		"end is cut":     {cut("date_to"), fromIn + "; date_to leaves out an activity also where it is a microsecond wider: it is coarser", settled, "by a second"},
		"vanished":       {vanishing, "not listed by its id", open, ""},
		"no date_to":     {answering(sdElementsWith(few), asks("date_to"), row), fromIn + "; date_to leaves out nothing beside the filter of the id (open)", likely, ""},
		"no id":          {answering(sdElementsWith(few), asks("id"), sdelementstest.Fault{Body: `{"results":[{"id":5},{"id":4}]}`}), "the filter of the id is not obeyed", open, ""},
		"fails":          {answering(sdElementsWith(few), asks("date_to"), failing), fromIn + "; date_to: status 500", likely, ""},
		"one":            {sdElementsWith(whole), fromIn + "; " + toIn, settled, ""},
		"no witness":     {sdElementsWith([]sdelements.Activity{{ID: 1}, {ID: 2, Date: sdNoon}, {ID: 2, Date: sdNoon}}), "no activity has both an id", open, ""},
		"no rows":        {sdElementsWith(nil), "the account shows 0", open, ""},
	})
}

// sdElementsBody is what a fake answers.
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
	checkSDElements(t, "sdelements.zone", map[string]sdElementsCase{
		"UTC":           {sdElementsWith(dense, zone(0)), "UTC, as with a Z", settled, "Nothing is to be set."},
		"UTC, few":      {sdElementsWith(few, zone(0)), "UTC, as with a Z", settled, ""},
		"exclusive":     {sdElementsWith(few, zone(0), sdelementstest.WithExclusiveBounds()), "UTC, as with a Z", settled, ""},
		"east":          {sdElementsWith(dense, zone(5*time.Hour+30*time.Minute)), "local time: a zone east of UTC, by 5h30m", settled, "write the Z"},
		"far east":      {sdElementsWith(dense, zone(14*time.Hour)), "local time: a zone east of UTC, by 14h", settled, ""},
		"west":          {sdElementsWith(dense, zone(-4*time.Hour)), "local time: a zone west of UTC, by 4h", settled, ""},
		"far west":      {sdElementsWith(dense, zone(-12*time.Hour)), "local time: a zone west of UTC, by 12h", settled, ""},
		"east, sparse":  {sdElementsWith(sparse, zone(2*time.Hour)), "local time: a zone east of UTC, by 1h45m to 2h15m", settled, ""},
		"east, few":     {sdElementsWith(few, zone(2*time.Hour)), "local time: a zone east of UTC", settled, ""},
		"refused":       {sdElementsWith(few), "refused with status 400", likely, "Nothing is to be set."},
		"fails":         {answering(sdElementsWith(few), local, failing), "status 500", open, ""},
		"not obeyed":    {answering(sdElementsWith(few), local, sdelementstest.Fault{Body: `{"results":[{"id":5}]}`}), "leaves out nothing", open, ""},
		"nothing comes": {answering(sdElementsWith(few), local, sdelementstest.Fault{Body: `{"results":[]}`}), "neither", open, ""},
		"no id":         {answering(sdElementsWith(few), local, sdelementstest.Fault{Body: `{"results":[{"id":5},{"id":4}]}`}), "the filter of the id is not obeyed", open, ""},
		"no witness":    {sdElementsWith([]sdelements.Activity{{ID: 1}}), "no activity has both an id", open, ""},
		"no rows":       {sdElementsWith(nil), "the account shows 0", open, ""},
	})
}

// TestSDElementsZoneByHalf has what shows the hours come in part: the first page of it, or none
// that reaches far enough.
func TestSDElementsZoneByHalf(t *testing.T) {
	east := sdelementstest.WithLocalTime(time.FixedZone("", 2*60*60))
	hours := func(r sdelementstest.Request) bool { return r.Query().Has("date_from") && !r.Query().Has("id") }
	cut := answering(sdElementsWith(sdElementsItems(900, 4*time.Minute), east), hours, sdelementstest.Fault{Body: fmt.Sprintf(
		`{"count":2,"next":"/api/v2/activities/?page=2","results":[{"id":900,"date":%q}]}`, sdNoon.Add(-2*time.Hour).Format(time.RFC3339Nano))})
	few := sdElementsWith(sdElementsItems(5, time.Second), east)
	for _, server := range []*sdelementstest.Server{cut, few} {
		f := answer(t, fakeSDElementsOf(server), "sdelements.zone")
		assert.Equal(t, "local time: a zone east of UTC", f.answer)
		assert.Equal(t, settled, f.certainty)
	}
	assert.False(t, slices.ContainsFunc(few.Requests(), hours), "what cannot tell is not asked")
}

func TestSDElementsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(50 * 365 * 24 * time.Hour) // behind the activities
		const year = 365 * 24 * time.Hour
		recent := []sdelements.Activity{
			{ID: 2, Actor: sdelementstest.Me, Date: time.Now().AddDate(0, -1, 0)},
			{ID: 1, Actor: sdelementstest.Me, Date: time.Now().AddDate(-2, 0, 0)},
		}
		older := asks("date_from")
		echo := func(from string) sdelementstest.Fault {
			return sdelementstest.Fault{Body: `{"next":null,"date_from":` + from + `,"results":[]}`}
		}
		quoted := func(at time.Time) string { return `"` + at.UTC().Format(time.RFC3339) + `"` }
		const one = "without bounds it covers one year (date_to is the time of the request); "
		cases := map[string]sdElementsCase{
			"clipped":       {sdElementsWith(recent, sdelementstest.WithStreamSpan(year)), one + "an older date_from is clipped to that", settled, "UserActivities"},
			"taken":         {sdElementsWith(recent, sdelementstest.WithStreamDefault(year)), one + "an older date_from is taken, and older activities come", settled, "as far back"},
			"not seen":      {sdElementsWith(recent[:1], sdelementstest.WithStreamDefault(year)), one + "an older date_from is taken, as far as the stream repeats it; no older", likely, ""},
			"30 days":       {sdElementsWith(recent, sdelementstest.WithStreamSpan(30*24*time.Hour)), "without bounds it covers 30 days", settled, "The SDK assumes one year"},
			"no bounds":     {sdElementsWith(recent), "without bounds the stream repeats no date_from (open); an older date_from is taken, as far", likely, ""},
			"no echo":       {without(sdElementsWith(recent), "date_from"), "repeats none", open, ""},
			"refused":       {answering(sdElementsWith(recent, sdelementstest.WithStreamDefault(year)), older, sdelementstest.Fault{Status: 400}), one + "an older date_from is refused", settled, ""},
			"fails":         {answering(sdElementsWith(recent, sdelementstest.WithStreamDefault(year)), older, failing), one + "with an older date_from: status 500", likely, ""},
			"partly":        {answering(sdElementsWith(recent, sdelementstest.WithStreamDefault(year)), older, echo(quoted(time.Now().AddDate(-3, 0, 0)))), "of a date_from three years older it covers all except 365 days", settled, ""},
			"no end":        {answering(sdElementsWith(recent), asks("page_size"), echo(quoted(time.Now().AddDate(-1, 0, 0)))), "covers one year (it repeats no date_to)", settled, ""},
			"another end":   {answering(sdElementsWith(recent), asks("page_size"), sdelementstest.Fault{Body: `{"next":null,"date_from":` + quoted(time.Now().AddDate(-3, 0, 0)) + `,"date_to":` + quoted(time.Now().AddDate(-2, 0, 0)) + `,"results":[]}`}), "covers one year (date_to differs from the time of the request by -731 days", settled, ""},
			"no stream":     {answering(sdElementsWith(recent), func(r sdelementstest.Request) bool { return strings.Contains(r.Path, "stream") }, sdelementstest.Fault{Status: 404, Body: `{"detail":"Not found."}`}), `the stream cannot be read: status 404 with "detail": "Not found."`, open, ""},
			"no rows":       {sdElementsWith(nil, sdelementstest.WithStreamSpan(year)), one, settled, ""},
			"bare and cold": {sdElementsWith(nil), "repeats no date_from", likely, ""},
		}
		for name, c := range cases {
			f := answer(t, fakeSDElementsOf(c.server), "sdelements.stream")
			assert.Contains(t, f.answer, c.says, name)
			assert.Equal(t, c.certainty, f.certainty, name+": "+f.answer)
			assert.Contains(t, f.follows, c.follows, name)
		}
	})
}

func TestSDElementsCursor(t *testing.T) {
	few := sdElementsItems(3, time.Second)
	checkSDElements(t, "sdelements.cursor", map[string]sdElementsCase{
		"404":        {sdElementsWith(few), `status 404 with "detail": "Invalid cursor"`, settled, "as the SDK expects"},
		"other text": {answering(sdElementsWith(few), asks("cursor"), sdelementstest.Fault{Status: 404, Body: `{"detail":"secret"}`}), `status 404 with another text`, settled, "ErrNotFound"},
		"400":        {answering(sdElementsWith(few), asks("cursor"), sdelementstest.Fault{Status: 400}), "status 400", settled, "ErrInvalid"},
		"ignored":    {answering(sdElementsWith(few), asks("cursor"), sdelementstest.Fault{Body: `{"results":[{"id":3}]}`}), "status 200 and 1 activity: it is ignored", settled, "begins anew"},
		"500":        {answering(sdElementsWith(few), asks("cursor"), failing), "status 500", open, ""},
		"no stream":  {answering(sdElementsWith(few), func(r sdelementstest.Request) bool { return strings.Contains(r.Path, "stream") }, sdelementstest.Fault{Status: 404}), "the stream cannot be read: status 404", open, ""},
		"no rows":    {sdElementsWith(nil), `"Invalid cursor"`, settled, ""},
	})
}

// TestSDElementsAnswersToNothing has a service say nothing that tells: the probe must not make
// anything up.
func TestSDElementsAnswersToNothing(t *testing.T) {
	for name, fault := range map[string]sdelementstest.Fault{
		"500":    failing,
		"403":    {Status: 403, Body: `{"detail":"secret"}`},
		"429":    {Status: 429, Body: `{"detail":"secret"}`},
		"HTML":   {Body: "<html><body>secret</body></html>"},
		"object": {Body: `{}`},
		"array":  {Body: `[]`},
		"null":   {Body: `null`},
		"nulls":  {Body: `{"count":null,"next":null,"results":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := answering(sdelementstest.NewServer(sdelementstest.WithRows(50)), func(sdelementstest.Request) bool { return true }, fault)
			for _, q := range fakeSDElementsOf(server).questions {
				f := answer(t, fakeSDElementsOf(server), q.id)
				assert.Equal(t, open, f.certainty, q.id+": "+f.answer)
				assert.NotContains(t, f.answer, "secret")
			}
		})
	}
}

// TestSDElementsOddAnswers has a service answer all with the same, whatever was asked: nothing may
// panic, and nothing be shown.
func TestSDElementsOddAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"rows of other kinds": `{"results":[null,1,"secret",[],{}]}`,
		"members of others":   `{"count":"secret","next":null,"date_from":7,"date_to":{},"results":[{"id":"secret","date":"secret","name":7,"data":"secret","log_level":[]}]}`,
		"one row":             `{"count":1,"next":null,"results":[{"id":1,"date":"2024-03-05T12:00:00Z","name":"secret","data":{"secret@example.com":1}}]}`,
		"huge numbers":        `{"count":999999999999999999999,"next":null,"results":[{"id":9223372036854775807,"date":"9999-12-31T23:59:59Z"},{"id":-9223372036854775808,"date":"0001-01-01T00:00:01Z"}]}`,
		"a link to itself":    `{"count":9,"next":"/api/v2/activities/?page=2","results":[{"id":1,"date":"2024-03-05T12:00:00Z"},{"id":2,"date":"2024-03-05T12:00:00Z"}]}`,
		"no rows but a link":  `{"count":9,"next":"/api/v2/activities/?page=2","results":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			server := answering(sdElementsWith(nil), func(sdelementstest.Request) bool { return true }, sdelementstest.Fault{Body: body})
			for _, q := range fakeSDElementsOf(server).questions {
				f := answer(t, fakeSDElementsOf(server), q.id)
				assert.NotContains(t, f.answer+f.follows, "secret", q.id)
				assert.NotContains(t, f.answer, "example.com", q.id)
			}
		})
	}
}

func TestSDElementsEmptyAccount(t *testing.T) {
	s := fakeSDElementsOf(sdelementstest.NewServer())
	for _, q := range s.questions {
		f := answer(t, s, q.id)
		switch q.id {
		case "sdelements.past", "sdelements.unknown", "sdelements.cursor": // need no activities
			assert.Equal(t, settled, f.certainty, q.id)
		case "sdelements.stream":
			assert.Equal(t, likely, f.certainty, q.id)
		default:
			assert.Equal(t, open, f.certainty, q.id+": "+f.answer)
		}
	}
}

func TestSDElementsProbe(t *testing.T) {
	const secret = "secret"
	items := sdElementsItems(1500, time.Minute, "LoggedInActivity", "AddedNoteActivity", "secret", "secretActivity ")
	for i := range items {
		items[i].Text, items[i].Data.ProjectDesc, items[i].Data.Project = secret, secret, 4711
		items[i].LogLevel = "secret@example.com"
	}
	for name, c := range map[string]struct {
		server   *sdelementstest.Server
		requests int
		missing  int
	}{
		"full":       {sdElementsWith(items, sdelementstest.WithLocalTime(time.UTC), sdelementstest.WithLookups(), sdelementstest.WithLinkOrigin("https://secret.example.com")), 28, 0},
		"no project": {sdElementsWith(sdElementsItems(2, time.Second)), 18, 2},
		"empty":      {sdelementstest.NewServer(), 9, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := fakeSDElementsOf(c.server)
			s.user = &user{out: io.Discard, silent: true}
			var out strings.Builder
			r := s.probe(t.Context(), &out)
			assert.Len(t, r.Questions, 15)
			assert.LessOrEqual(t, r.Requests, s.cost())
			assert.Equal(t, c.requests, r.Requests)
			assert.Len(t, c.server.Requests(), r.Requests)
			missing := 0
			for _, check := range r.Checks {
				if check.Result == "not asked" {
					missing++
					continue
				}
				assert.Equal(t, ok, check.Result, check.What)
			}
			assert.Equal(t, c.missing, missing)
			text, err := json.Marshal(report{Services: []serviceReport{r}})
			require.NoError(t, err)
			for _, shown := range []string{string(text), out.String(), report{Services: []serviceReport{r}}.markdown()} {
				assert.NotContains(t, shown, secret)
				assert.NotContains(t, shown, "4711")
				assert.NotContains(t, shown, "example.com")
			}
		})
	}
}

func TestSDElementsThatCannotBeReached(t *testing.T) {
	for name, fault := range map[string]sdelementstest.Fault{"reset": {Reset: true}, "401": {Status: 401, Body: `{"detail":"secret"}`}} {
		server := answering(sdElementsWith(nil), func(sdelementstest.Request) bool { return true }, fault)
		s := fakeSDElementsOf(server)
		s.user = &user{out: io.Discard, silent: true}
		r := s.probe(t.Context(), io.Discard)
		require.Len(t, r.Checks, 1, name)
		assert.Equal(t, "account", r.Checks[0].What)
		assert.LessOrEqual(t, r.Requests, 2, name)
	}
}

func TestConnectSDElements(t *testing.T) {
	env := func(values ...string) environment {
		return func(name string) string {
			return map[string]string{"SDELEMENTS_BASE_URL": values[0], "SDELEMENTS_TOKEN": values[1]}[name]
		}
	}
	s, err := connectSDElements(env("", ""))
	require.NoError(t, err)
	assert.Nil(t, s)
	_, err = connectSDElements(env("https://example.com", ""))
	require.ErrorContains(t, err, "SDELEMENTS_TOKEN is not set")
	_, err = connectSDElements(env("http://example.com", "key"))
	require.Error(t, err)
	server := sdElementsWith(sdElementsItems(3, time.Second))
	defer server.Close()
	s, err = connectSDElements(env(server.URL(), sdelementstest.Key))
	require.NoError(t, err)
	assert.False(t, s.fake)
	assert.Contains(t, answer(t, s, "sdelements.past").answer, "404")
	assert.Equal(t, "/in/front/api/v2/activities/", (&sdElements{base: sdElementsURL(t, "https://example.com/in/front/")}).path("activities/"))
}

func sdElementsURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}

// TestSDElementsQuestionsAreNamed holds the documentation to naming the questions: all of them, and
// no others.
func TestSDElementsQuestionsAreNamed(t *testing.T) {
	var asked []string
	for _, q := range fakeSDElements().questions {
		asked = append(asked, q.id)
	}
	files, err := filepath.Glob("../../sdelements/*.go")
	require.NoError(t, err)
	fakes, err := filepath.Glob("../../sdelements/sdelementstest/*.go")
	require.NoError(t, err)
	named := map[string]bool{}
	for _, file := range append(files, fakes...) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`\(probe: (sdelements\.\w+)\)`).FindAllSubmatch(text, -1) {
			named[string(match[1])] = true
		}
	}
	assert.ElementsMatch(t, asked, slices.Collect(maps.Keys(named)))
}
