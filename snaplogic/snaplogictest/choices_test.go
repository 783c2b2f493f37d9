package snaplogictest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestChoices(t *testing.T) {
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

func TestStatusHeader(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithStatusHeader())
	for query, want := range map[string]string{"": "200", "?limit=0": "400"} {
		_, _, header := get(t, server, list+query, nil)
		assert.Equal(t, want, header.Get("X-SL-StatusCode"), query)
		_, _, header = get(t, snaplogictest.NewServer(), list+query, nil)
		assert.Empty(t, header.Values("X-SL-StatusCode"), query)
	}
}

func TestCountedLimit(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithCountedLimit())
	numbered(server, 3)
	for query, want := range map[string]string{"": `"limit": 3,`, "?limit=2": `"limit": 2,`, "?offset=9": `"limit": 0,`} {
		_, body, _ := get(t, server, list+query, nil)
		assert.Contains(t, body, want, query)
	}
}
