package sdelements_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

var (
	newYork = time.FixedZone("EST", -5*60*60)
	all     = sdelements.ActivityQuery{
		Actor: 1, Application: 2, BusinessUnit: 3, ID: 4, Project: 5, User: 6,
		ApplicationDesc: "Web & Co", BusinessUnitDesc: "Übersee", ProjectDesc: "A/B?",
		Standard: "T21", StandardDesc: "T21: Ensure = safe", Name: sdelements.LoggedInActivity,
		DateFrom: time.Date(2016, 3, 30, 12, 0, 0, 1234, newYork), DateTo: time.Date(2016, 3, 31, 0, 0, 0, 1234, time.UTC),
		PageSize: 7, Extra: url.Values{"task": {"1-PT1", "1-PT2"}},
	}
	allLine = "actor=1&application=2&application_desc=Web%20%26%20Co&business_unit=3&business_unit_desc=%C3%9Cbersee" +
		"&date_from=2016-03-30T17%3A00%3A00.000001Z&date_to=2016-03-31T00%3A00%3A00.000002Z&id=4&name=LoggedInActivity" +
		"&page_size=7&project=5&project_desc=A%2FB%3F&standard=T21&standard_desc=T21%3A%20Ensure%20%3D%20safe" +
		"&task=1-PT1&task=1-PT2&user=6"
)

func TestQueryParameters(t *testing.T) {
	at := func(ns int) time.Time { return time.Date(2016, 3, 30, 15, 16, 5, ns, time.UTC) }
	for want, q := range map[string]sdelements.ActivityQuery{
		"page_size=100":                                           {},
		"actor=7&page_size=100":                                   {Actor: 7},
		"application=7&page_size=100":                             {Application: 7},
		"application_desc=My%20App&page_size=100":                 {ApplicationDesc: "My App"},
		"business_unit=7&page_size=100":                           {BusinessUnit: 7},
		"business_unit_desc=BU%20500&page_size=100":               {BusinessUnitDesc: "BU 500"},
		"id=9007199254740993&page_size=100":                       {ID: 9007199254740993},
		"name=UserCreatedActivity&page_size=100":                  {Name: sdelements.UserCreatedActivity},
		"name=TeleportedActivity&page_size=100":                   {Name: "TeleportedActivity"},
		"page_size=100&project=7":                                 {Project: 7},
		"page_size=100&project_desc=a%3Db":                        {ProjectDesc: "a=b"},
		"page_size=100&standard=CT3":                              {Standard: "CT3"},
		"page_size=100&standard=PT1":                              {Standard: "PT1"},
		"page_size=100&standard_desc=T21%3A%20Ensure":             {StandardDesc: "T21: Ensure"},
		"page_size=100&user=7":                                    {User: 7},
		"page_size=1":                                             {PageSize: 1},
		"page_size=5000":                                          {PageSize: 5000},
		"page_size=100&x=1&x=2":                                   {Extra: url.Values{"x": {"1", "2"}}},
		"date_from=2016-03-30T15%3A16%3A05Z&page_size=100":        {DateFrom: at(0)},
		"date_from=2016-03-30T15%3A16%3A05.5Z&page_size=100":      {DateFrom: at(500_000_000)},
		"date_from=2016-03-30T15%3A16%3A05.000001Z&page_size=100": {DateFrom: at(1999)},
		"date_to=2016-03-30T15%3A16%3A05.000002Z&page_size=100":   {DateTo: at(1001)},
		"date_to=2016-03-30T15%3A16%3A05.000001Z&page_size=100":   {DateTo: at(1000)},
		"date_to=2016-03-30T15%3A16%3A06Z&page_size=100":          {DateTo: at(999_999_001)},
		"date_from=2016-03-30T20%3A16%3A05Z&date_to=2016-03-30T20%3A16%3A05Z&page_size=100": {
			DateFrom: time.Date(2016, 3, 30, 15, 16, 5, 0, newYork), DateTo: time.Date(2016, 3, 30, 15, 16, 5, 0, newYork)},
		"date_from=1969-12-31T23%3A59%3A59.999999Z&page_size=100": {DateFrom: time.Unix(0, -1)},
		"page_size=100&user=8": {User: 8, DateFrom: time.Time{}.Add(500)}, // the zero time to the microsecond
		allLine:                all,
	} {
		server := sdelementstest.NewServer()
		server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
			return &sdelementstest.Fault{Body: `{"results":[]}`}
		})
		_, err := server.Client().Activities(q).Collect(t.Context(), 0)
		require.NoError(t, err, want)
		assert.Equal(t, []string{"GET /api/v2/activities/?" + want}, lines(server))
	}
}

func TestQueryParametersOfEveryList(t *testing.T) {
	q := all
	q.Extra = nil
	want := strings.Replace(allLine, "&task=1-PT1&task=1-PT2", "", 1)
	for path, list := range lists {
		server := sdelementstest.NewServer()
		got, err := list(server.Client(), q).Collect(t.Context(), 0)
		require.NoError(t, err, path)
		assert.Empty(t, got)
		assert.Equal(t, []string{"GET " + path + "?" + want}, lines(server))
	}
}

func TestInvalidQuery(t *testing.T) {
	now := time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	for says, q := range map[string]sdelements.ActivityQuery{
		"Actor is negative":                           {Actor: -1},
		"Application is negative":                     {Application: -1},
		"BusinessUnit is negative":                    {BusinessUnit: -1},
		"ID is negative":                              {ID: -1},
		"Project is negative":                         {Project: -1},
		"User is negative":                            {User: -1},
		"PageSize is outside 1 to 10000":              {PageSize: -1},
		"PageSize is outside 1 to 10000; 0 means 100": {PageSize: 10_001},
		"DateTo is before DateFrom":                   {DateFrom: now, DateTo: now.Add(-1)},
		"outside the years 1 to 9998":                 {DateTo: now.AddDate(9000, 0, 0)},
		"DateFrom or DateTo is outside":               {DateFrom: now.AddDate(-3000, 0, 0)},
		"Standard is a bare number":                   {Standard: "21"},
		"Standard holds white space":                  {Standard: "T21: Ensure confidential data"},
		"Extra holds page,":                           {Extra: url.Values{"page": {"2"}}},
		"Extra holds page_size,":                      {Extra: url.Values{"page_size": {"2"}}},
		"Extra holds cursor,":                         {Extra: url.Values{"cursor": {"2"}}},
		"Extra holds date_to,":                        {Extra: url.Values{"date_to": {"2"}}},
		"Extra holds standard_desc,":                  {Extra: url.Values{"standard_desc": {"2"}}},
		"a parameter without a name":                  {Extra: url.Values{"": {"2"}}},
		"a URL longer than 8,000 bytes,":              {ProjectDesc: strings.Repeat("x", 8000)},
	} {
		server := sdelementstest.NewServer()
		for path, list := range lists {
			l := list(server.Client(), q)
			for range 2 {
				_, err := l.Collect(t.Context(), 0)
				var e *activity.Error
				require.ErrorAs(t, err, &e, says)
				assert.ErrorIs(t, err, activity.ErrInvalid, path)
				assert.ErrorContains(t, err, says)
				assert.Equal(t, "sdelements", e.Vendor)
				assert.Contains(t, e.Op, "list ")
				assert.Zero(t, e.StatusCode)
			}
		}
		assert.Empty(t, server.Requests(), says)
	}
}

func TestLongestURL(t *testing.T) {
	server := sdelementstest.NewServer()
	rest := len("/api/v2/activities/?page_size=100&project_desc=")
	_, err := server.Client().Activities(sdelements.ActivityQuery{ProjectDesc: strings.Repeat("x", 8000-rest)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, strings.TrimPrefix(lines(server)[0], "GET "), 8000)

	_, err = server.Client().Activities(sdelements.ActivityQuery{ProjectDesc: strings.Repeat("x", 8000-rest+1)}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.Len(t, server.Requests(), 1)
}

func TestQueryIsCopied(t *testing.T) {
	server := sdelementstest.NewServer()
	server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault {
		return &sdelementstest.Fault{Body: `{"results":[]}`}
	})
	q := sdelements.ActivityQuery{Extra: url.Values{"x": {"1"}}}
	list := server.Client().Activities(q)
	q.Extra["x"][0] = "2"
	q.Extra.Set("y", "3")
	q.Actor = 5
	_, err := list.Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"GET /api/v2/activities/?page_size=100&x=1"}, lines(server))
}
