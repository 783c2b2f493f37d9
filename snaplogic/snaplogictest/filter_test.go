package snaplogictest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// listed gives the ids that a query leaves of a server's list.
func listed(t *testing.T, server *snaplogictest.Server, query string) []string {
	t.Helper()
	status, body, _ := get(t, server, list+"?"+query, nil)
	require.Equal(t, http.StatusOK, status, body)
	var answer struct {
		Response struct {
			Entries []struct {
				ID string `json:"_id"`
			}
		} `json:"response_map"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	ids := []string{}
	for _, e := range answer.Response.Entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestEveryFilter(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Add(
		snaplogic.Activity{ID: "a", PartitionLabel: "space", ProjectLabel: "project", AssetLabel: "asset", AssetType: "Pipeline"},
		snaplogic.Activity{ID: "b", PartitionLabel: "space", ProjectLabel: "another", AssetLabel: "asset", AssetType: "File"},
		snaplogic.Activity{ID: "c", PartitionLabel: "Space", ProjectLabel: "project", ByWhom: "u@example.com", EventType: snaplogic.EventACLAdd},
		snaplogic.Activity{ID: "d", ByWhom: "v@example.com", UserID: "u@example.com", EventType: snaplogic.EventUserCreate},
		snaplogic.Activity{ID: "e", SnapLogicAdminUpdate: new(true), EventType: "acl"},
		snaplogic.Activity{ID: "f", SnapLogicAdminUpdate: new(false)},
		snaplogic.Activity{ID: "other", Raw: json.RawMessage(`{"_id":"g","is_alert":true,"alert_state":"open","event_type":"plex_congestion"}`)},
		snaplogic.Activity{Raw: json.RawMessage(`{"_id":"h","is_alert":true,"alert_state":"closed"}`)},
		snaplogic.Activity{Raw: json.RawMessage(`{"_id":"i","is_alert":false,"asset_label":"two words, x"}`)},
	)
	for query, want := range map[string][]string{
		"":                                                  {"a", "b", "c", "d", "e", "f", "g", "h", "i"},
		"filter_project_space=space":                        {"a", "b"},
		"filter_project_space=nothing":                      {},
		"filter_asset=asset":                                {"a", "b"},
		"filter_asset=two+words,+x":                         {"i"},
		"filter_asset_type=File":                            {"b"},
		"filter_event_type=acl_add":                         {"c"},
		"filter_event_type=user_create,acl":                 {"d", "e"},
		"filter_event_type=plex_congestion":                 {"g"},
		"filter_is_alert=true":                              {"g", "h"},
		"filter_is_alert=false":                             {"a", "b", "c", "d", "e", "f", "i"},
		"filter_alert_state=open":                           {"g"},
		"filter_alert_state=closed":                         {"h"},
		"filter_user=u%40example.com":                       {"c", "d"},
		"filter_user=v%40example.com":                       {"d"},
		"filter_user=u":                                     {},
		"filter_snaplogic_admin_update=true":                {"e"},
		"filter_snaplogic_admin_update=false":               {"a", "b", "c", "d", "f", "g", "h", "i"},
		"filter_asset=asset&offset=1":                       {"b"},
		"filter_is_alert=true&limit=1":                      {"g"},
		"filter_asset_type=File&filter_user=u":              {},
		"filter_project_space=space&filter_project=project": {"a"},
		"filter_project_space=Space&filter_project=project": {"c"},
		"filter_project_space=space&filter_project=project&filter_asset=asset":                        {"a"},
		"filter_project_space=space&filter_project=project&filter_asset=asset&filter_asset_type=File": {},
	} {
		assert.Equal(t, want, listed(t, server, query), query)
	}
}

func TestBoundsOfTime(t *testing.T) {
	server := snaplogictest.NewServer()
	for ms := range int64(4) {
		server.Add(snaplogic.Activity{ID: fmt.Sprint(ms), CreateTime: time.UnixMilli(1_530_000_000_000 + ms)})
	}
	server.Add(snaplogic.Activity{ID: "fine", CreateTime: time.UnixMicro(1_530_000_000_002_500)}, snaplogic.Activity{ID: "timeless"})
	for query, want := range map[string][]string{
		"":                                      {"3", "fine", "2", "1", "0", "timeless"},
		"start=1530000000002":                   {"3", "fine", "2"},
		"start=1530000000003":                   {"3"},
		"start=1530000000004":                   {},
		"start=0":                               {"3", "fine", "2", "1", "0"},
		"end=1530000000002":                     {"1", "0", "timeless"},
		"end=1530000000003":                     {"fine", "2", "1", "0", "timeless"},
		"start=1530000000001&end=1530000000002": {"1"},
		"start=1530000000002&end=1530000000003": {"fine", "2"},
		"start=1530000000002&end=1530000000002": {},
	} {
		assert.Equal(t, want, listed(t, server, query), query)
	}
}

func TestPaging(t *testing.T) {
	server := snaplogictest.NewServer()
	for n := range 5 {
		server.Add(snaplogic.Activity{ID: fmt.Sprint(n)})
	}
	for query, want := range map[string]string{
		"limit=2":                   `{"total": 5, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`,
		"limit=2&offset=0":          `{"total": 5, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`,
		"limit=2&offset=3":          `{"total": 5, "offset": 3, "limit": 2, "entries": [{"_id":"3"}, {"_id":"4"}]}`,
		"limit=2&offset=4":          `{"total": 5, "offset": 4, "limit": 2, "entries": [{"_id":"4"}]}`,
		"limit=100000&offset=5":     `{"total": 5, "offset": 5, "limit": 100000, "entries": []}`,
		"limit=1&offset=7":          `{"total": 5, "offset": 7, "limit": 1, "entries": []}`,
		"limit=1&filter_asset=none": `{"total": 0, "offset": 0, "limit": 1, "entries": []}`,
		"offset=4":                  `{"total": 5, "offset": 4, "limit": 100, "entries": [{"_id":"4"}]}`,
	} {
		status, body, header := get(t, server, list+"?"+query, nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, `{"response_map": `+want+`, "http_status_code": 200}`, body, query)
		assert.Equal(t, "application/json", header.Get("Content-Type"))
	}
	assert.Len(t, listed(t, snaplogictest.NewServer(snaplogictest.WithRows(101)), ""), 100, "without a limit")
}

func TestOtherEnvelopes(t *testing.T) {
	for name, c := range map[string]struct {
		opts []snaplogictest.Option
		want string
	}{
		"bare": {[]snaplogictest.Option{snaplogictest.WithBareEnvelope()},
			`{"total": 3, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`},
		"no total": {[]snaplogictest.Option{snaplogictest.WithoutTotal()},
			`{"response_map": {"offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}, "http_status_code": 200}`},
		"short pages": {[]snaplogictest.Option{snaplogictest.WithPageLimit(1)},
			`{"response_map": {"total": 3, "offset": 0, "limit": 2, "entries": [{"_id":"0"}]}, "http_status_code": 200}`},
		"all": {[]snaplogictest.Option{snaplogictest.WithBareEnvelope(), snaplogictest.WithoutTotal(), snaplogictest.WithPageLimit(1)},
			`{"offset": 0, "limit": 2, "entries": [{"_id":"0"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer(c.opts...)
			for n := range 3 {
				server.Add(snaplogic.Activity{ID: fmt.Sprint(n)})
			}
			_, body, _ := get(t, server, list+"?limit=2", nil)
			assert.Equal(t, c.want, body)
		})
	}
}

func TestAWalkOverEachEnvelope(t *testing.T) {
	for name, opts := range map[string][]snaplogictest.Option{
		"usual":       nil,
		"bare":        {snaplogictest.WithBareEnvelope()},
		"no total":    {snaplogictest.WithoutTotal()},
		"short pages": {snaplogictest.WithPageLimit(7)},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer(append(opts, snaplogictest.WithRows(50))...)
			got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 20}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, got, 50)
		})
	}
}
