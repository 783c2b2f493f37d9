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

// listed returns the ids of the activities in an answer.
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

func TestFilters(t *testing.T) {
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

func TestBounds(t *testing.T) {
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

func TestExclusiveBounds(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithExclusiveBounds())
	numbered(server, 3)
	server.Add(snaplogic.Activity{ID: "timeless"})
	assert.Equal(t, []string{"0", "1"}, listed(t, server, "start=1529999999998"))
	assert.Equal(t, []string{"1"}, listed(t, server, "start=1529999999998&end=1530000000000"))
	assert.Equal(t, []string{"1", "2", "timeless"}, listed(t, server, "end=1530000000000"))
}

func TestFilterRules(t *testing.T) {
	for _, c := range []struct {
		name string
		opt  snaplogictest.Option
		want map[string]string // by query; a text that is no list is a refusal
	}{
		{"none", nil, map[string]string{
			"":                                    "[user alert admin plain]",
			"start=1530000000001":                 "[user alert admin]",
			"end=1530000000001":                   "[plain]",
			"filter_is_alert=false":               "[user admin plain]",
			"filter_snaplogic_admin_update=false": "[user alert plain]",
			"filter_asset=two+words":              "[plain]",
			"filter_asset=two%20words":            "[plain]",
			"filter_asset_type=Dir":               "[plain]",
			"filter_projectt=x":                   "refused",
		}},
		{"an end that is kept", snaplogictest.WithInclusiveEnd(), map[string]string{
			"end=1530000000001":                     "[admin plain]",
			"end=1530000000002":                     "[alert admin plain]",
			"start=1530000000001&end=1530000000001": "[admin]",
		}},
		{"alerts", snaplogictest.WithAlertsHidden(), map[string]string{
			"":                        "[user admin plain]",
			"filter_is_alert=true":    "[alert]",
			"filter_is_alert=false":   "[user admin plain]",
			"filter_alert_state=open": "[alert]",
		}},
		{"updates", snaplogictest.WithAdminUpdatesHidden(), map[string]string{
			"":                                    "[user alert plain]",
			"filter_snaplogic_admin_update=true":  "[admin]",
			"filter_snaplogic_admin_update=false": "[user alert plain]",
		}},
		{"false", snaplogictest.WithFalseIgnored(), map[string]string{
			"filter_is_alert=true":                "[alert]",
			"filter_is_alert=false":               "[user alert admin plain]",
			"filter_snaplogic_admin_update=true":  "[admin]",
			"filter_snaplogic_admin_update=false": "[user alert admin plain]",
			"filter_asset=false":                  "[]",
		}},
		{"a plus", snaplogictest.WithLiteralPlus(), map[string]string{
			"filter_asset=two+words":   "[]",
			"filter_asset=two%20words": "[plain]",
			"filter_user=a+b":          "[user]",
		}},
		{"unknown parameters", snaplogictest.WithUnknownParametersIgnored(), map[string]string{
			"filter_projectt=x":            "[user alert admin plain]",
			"filter_projectt=x&limit=1":    "[user]",
			"filter_is_alert=maybe":        "refused",
			"filter_project=x":             "refused",
			"filter_projectt=&end=1000000": "refused",
		}},
		{"assets", snaplogictest.WithAssetInProject(), map[string]string{
			"filter_asset=two+words":                                 "refused",
			"filter_asset=x&filter_project_space=p":                  "refused",
			"filter_project_space=p&filter_project=q":                "[]",
			"filter_asset=x&filter_project_space=p&filter_project=q": "[]",
		}},
		{"asset types", snaplogictest.WithDocumentedAssetTypes(), map[string]string{
			"filter_asset_type=Dir":  "refused",
			"filter_asset_type=Plex": "[]",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := snaplogictest.NewServer()
			if c.opt != nil {
				server = snaplogictest.NewServer(c.opt)
			}
			at := func(ms int64) time.Time { return time.UnixMilli(1_530_000_000_000 + ms) }
			server.Add(
				snaplogic.Activity{ID: "plain", CreateTime: at(0), AssetLabel: "two words", AssetType: "Dir"},
				snaplogic.Activity{ID: "admin", CreateTime: at(1), SnapLogicAdminUpdate: new(true)},
				snaplogic.Activity{CreateTime: at(2), Raw: json.RawMessage(fmt.Sprintf(
					`{"_id":"alert","is_alert":true,"alert_state":"open","create_time":%q}`, at(2).UTC().Format(time.RFC3339Nano)))},
				snaplogic.Activity{ID: "user", CreateTime: at(3), ByWhom: "a+b"},
			)
			for query, want := range c.want {
				if want == "refused" {
					status, body, _ := get(t, server, list+"?"+query, nil)
					assert.Equal(t, http.StatusBadRequest, status, query+": "+body)
					continue
				}
				assert.Equal(t, want, fmt.Sprint(listed(t, server, query)), query)
			}
		})
	}
}
