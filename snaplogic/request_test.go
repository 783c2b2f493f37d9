package snaplogic_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestRequestLine(t *testing.T) {
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

func TestRequestExtra(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
		_, err := server.Client().Activities(snaplogic.ActivityQuery{Extra: url.Values{"sort": {"a b", "c"}, "empty": {""}}}).
			Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []string{"empty=&limit=1000&offset=0&sort=a%20b&sort=c"}, queries(server))
	})
}

func TestRequestHead(t *testing.T) {
	server := snaplogictest.NewServer()
	for name, c := range map[string]struct {
		credentials snaplogic.Credentials
		want        string
	}{
		// The header for "auditor@example.com:example-password".
		"Basic":        {server.Credentials(), "Basic YXVkaXRvckBleGFtcGxlLmNvbTpleGFtcGxlLXBhc3N3b3Jk"},
		"Basic, colon": {snaplogic.Basic("ü", "a:b"), "Basic w7w6YTpi"},
		"Bearer":       {snaplogic.Bearer(static("eyJhbGciOi.JSUzI1.NiJ9-_")), "Bearer eyJhbGciOi.JSUzI1.NiJ9-_"},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer()
			server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
			client, err := snaplogic.New(snaplogictest.Organization, c.credentials, activity.WithTransport(server.Transport()),
				activity.WithUserAgent("acme-siem/1.2"))
			require.NoError(t, err)
			_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)

			require.Len(t, server.Requests(), 1)
			r := server.Requests()[0]
			assert.Equal(t, "elastic.snaplogic.com", r.Host)
			assert.Equal(t, []string{c.want}, r.Header.Values("Authorization"))
			assert.Equal(t, "application/json", r.Header.Get("Accept"))
			assert.Equal(t, []string{"application/json"}, r.Header.Values("Content-Type"))
			assert.True(t, strings.HasPrefix(r.Header.Get("User-Agent"), "acme-siem/1.2 "), r.Header.Get("User-Agent"))
			for _, name := range []string{"Referer", "Cookie"} {
				assert.NotContains(t, r.Header, name)
			}
		})
	}
}

func TestOrganizationInPath(t *testing.T) {
	for organization, want := range map[string]string{
		"SnapLogicCertificationOrg": "SnapLogicCertificationOrg",
		"My Organization":           "My%20Organization",
		"a/b?c#d%e":                 "a%2Fb%3Fc%23d%25e",
		"Zoë & Söhne":               "Zo%C3%AB%20&%20S%C3%B6hne",
		"a+b;c":                     "a+b%3Bc",
		"a%2Fb":                     "a%252Fb",
		"...":                       "...",
	} {
		server := snaplogictest.NewServer(snaplogictest.WithOrganization(organization))
		_, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err, organization)
		assert.Equal(t, "/api/1/rest/public/activities/"+want, server.Requests()[0].Path)
	}
}

func TestControlPlane(t *testing.T) {
	server := snaplogictest.NewServer()
	client := server.Client(activity.WithBaseURL("https://emea.snaplogic.com/"))
	_, err := client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, "emea.snaplogic.com", server.Requests()[0].Host)
	assert.Equal(t, "/api/1/rest/public/activities/Example%20Organization", server.Requests()[0].Path)
}
