package snaplogic_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestQueryParameters(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(t, err)
		return v
	}
	const rest = "limit=1000&offset=0"
	for name, c := range map[string]struct {
		q    snaplogic.ActivityQuery
		want string
	}{
		"nothing":           {snaplogic.ActivityQuery{}, rest},
		"largest page":      {snaplogic.ActivityQuery{PageSize: 100_000}, "limit=100000&offset=0"},
		"start":             {snaplogic.ActivityQuery{Start: at("1999-06-25T09:00:00Z")}, rest + "&start=930301200000"},
		"start rounds down": {snaplogic.ActivityQuery{Start: at("1999-06-25T09:00:00.000999999Z")}, rest + "&start=930301200000"},
		"start at 1970":     {snaplogic.ActivityQuery{Start: time.Unix(0, 0)}, rest + "&start=0"},
		"end":               {snaplogic.ActivityQuery{End: at("1999-06-25T09:00:00Z")}, "end=930301200000&" + rest},
		"end rounds up":     {snaplogic.ActivityQuery{End: at("1999-06-25T09:00:00.000000001Z")}, "end=930301200001&" + rest},
		"end to come":       {snaplogic.ActivityQuery{End: bubbleStart.Add(time.Hour)}, "end=946688400000&" + rest},
		"after 2262": {snaplogic.ActivityQuery{Start: at("2270-01-01T00:00:00Z"), End: at("2271-01-01T00:00:00Z")},
			"end=9498643200000&" + rest + "&start=9467107200000"},
		"an instant": {snaplogic.ActivityQuery{Start: at("1999-06-25T09:00:00.0005Z"), End: at("1999-06-25T09:00:00.0005Z")},
			"end=930301200001&" + rest + "&start=930301200000"},
		"event types": {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{snaplogic.EventPlexCongestion, "brand_new", snaplogic.EventACLAdd}},
			"filter_event_type=plex_congestion%2Cbrand_new%2Cacl_add&" + rest},
		"user":             {snaplogic.ActivityQuery{User: "ada+1@example.com"}, "filter_user=ada%2B1%40example.com&" + rest},
		"escaped asset":    {snaplogic.ActivityQuery{Asset: "a&limit=1 é#/%"}, "filter_asset=a%26limit%3D1%20%C3%A9%23%2F%25&" + rest},
		"plex":             {snaplogic.ActivityQuery{AssetType: snaplogic.AssetPlex}, "filter_asset_type=Plex&" + rest},
		"a new asset type": {snaplogic.ActivityQuery{AssetType: "Dir"}, "filter_asset_type=Dir&" + rest},
		"the vendor's example": {snaplogic.ActivityQuery{AssetType: snaplogic.AssetFile, Asset: "Sales2019July.csv"},
			"filter_asset=Sales2019July.csv&filter_asset_type=File&" + rest},
		"project": {snaplogic.ActivityQuery{ProjectSpace: "projects", Project: "Test Project"},
			"filter_project=Test%20Project&filter_project_space=projects&" + rest},
		"alerts":       {snaplogic.ActivityQuery{IsAlert: new(true)}, "filter_is_alert=true&" + rest},
		"no alerts":    {snaplogic.ActivityQuery{IsAlert: new(false)}, "filter_is_alert=false&" + rest},
		"open alerts":  {snaplogic.ActivityQuery{AlertState: snaplogic.AlertOpen}, "filter_alert_state=open&" + rest},
		"by processes": {snaplogic.ActivityQuery{AdminUpdate: new(true)}, "filter_snaplogic_admin_update=true&" + rest},
		"by people":    {snaplogic.ActivityQuery{AdminUpdate: new(false)}, "filter_snaplogic_admin_update=false&" + rest},
		"all": {
			snaplogic.ActivityQuery{
				Start: at("1999-06-25T09:00:00Z"), End: at("1999-06-26T09:00:00Z"),
				EventTypes: []snaplogic.EventType{snaplogic.EventSessionStart, snaplogic.EventSessionEnd}, User: "ada@example.com",
				Asset: "a", AssetType: snaplogic.AssetPlex, Project: "p", ProjectSpace: "s", AlertState: snaplogic.AlertOpen,
				IsAlert: new(true), AdminUpdate: new(false), PageSize: 7,
			},
			"end=930387600000&filter_alert_state=open&filter_asset=a&filter_asset_type=Plex&filter_event_type=session_start%2Csession_end&" +
				"filter_is_alert=true&filter_project=p&filter_project_space=s&filter_snaplogic_admin_update=false&" +
				"filter_user=ada%40example.com&limit=7&offset=0&start=930301200000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				_, err := server.Client().Activities(c.q).Collect(t.Context(), 0)
				require.NoError(t, err)
				require.Len(t, server.Requests(), 1)
				assert.Equal(t, "GET /api/1/rest/public/activities/Example%20Organization?"+c.want, server.Requests()[0].Line())
				assert.Empty(t, server.Requests()[0].Body)
			})
		})
	}
}

func TestExtra(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
		_, err := server.Client().Activities(snaplogic.ActivityQuery{Extra: url.Values{"sort": {"a b", "c"}, "empty": {""}}}).
			Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []string{"empty=&limit=1000&offset=0&sort=a%20b&sort=c"}, queries(server))
	})
}

func TestInvalidQuery(t *testing.T) {
	for name, c := range map[string]struct {
		q       snaplogic.ActivityQuery
		message string
	}{
		"page size below":    {snaplogic.ActivityQuery{PageSize: -1}, "PageSize must be between 1 and 100,000, or 0 for 1,000"},
		"page size above":    {snaplogic.ActivityQuery{PageSize: 100_001}, "PageSize must be between 1 and 100,000, or 0 for 1,000"},
		"start before 1970":  {snaplogic.ActivityQuery{Start: time.Unix(0, -1)}, "Start and End must not be before 1970"},
		"end before 1970":    {snaplogic.ActivityQuery{End: time.Unix(-1, 0)}, "Start and End must not be before 1970"},
		"end before start":   {snaplogic.ActivityQuery{Start: bubbleStart, End: bubbleStart.Add(-1)}, "End is before Start"},
		"project, no space":  {snaplogic.ActivityQuery{Project: "p", Asset: "a"}, "Project needs ProjectSpace"},
		"empty event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{snaplogic.EventACLAdd, ""}}, "an empty type"},
		"blank event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{" "}}, "an empty type"},
		"event type, comma":  {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a,b"}}, "pass each type as an element of its own"},
		"extra without name": {snaplogic.ActivityQuery{Extra: url.Values{"": {"1"}}}, "Extra holds a parameter without a name"},
		"extra of paging":    {snaplogic.ActivityQuery{Extra: url.Values{"limit": {"1"}}}, "Extra holds limit, which has a field of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := snaplogictest.NewServer().Client().Activities(c.q).Page(t.Context(), "")
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Contains(t, failureOf(t, err).Message, c.message)
		})
	}
}

// Extra cannot have a parameter that has a field or belongs to paging.
func TestExtraWithKnownParameter(t *testing.T) {
	for _, name := range []string{
		"start", "end", "limit", "offset", "filter_project_space", "filter_project", "filter_asset", "filter_asset_type",
		"filter_event_type", "filter_is_alert", "filter_alert_state", "filter_user", "filter_snaplogic_admin_update",
	} {
		_, err := snaplogictest.NewServer().Client().Activities(snaplogic.ActivityQuery{Extra: url.Values{name: {"1"}}}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Contains(t, err.Error(), "Extra holds "+name+",")
	}
}

// The list keeps the query as it was when the list was made.
func TestQueryIsCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
		q := snaplogic.ActivityQuery{
			EventTypes: []snaplogic.EventType{snaplogic.EventACLAdd, snaplogic.EventACLRemove},
			IsAlert:    new(true), AdminUpdate: new(false), Extra: url.Values{"x": {"1", "2"}},
		}
		list := server.Client().Activities(q)
		q.EventTypes[0], q.User = "changed", "changed"
		*q.IsAlert, *q.AdminUpdate = false, true
		q.Extra["x"][0] = "changed"
		q.Extra.Set("y", "changed")
		_, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		const want = "filter_event_type=acl_add%2Cacl_remove&filter_is_alert=true&filter_snaplogic_admin_update=false" +
			"&limit=1000&offset=0&x=1&x=2"
		assert.Equal(t, []string{want}, queries(server))
	})
}
