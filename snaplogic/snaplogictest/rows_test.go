package snaplogictest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestAddInsertDelete(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(2))
	assert.Equal(t, 2, server.Len())
	sample, invented := listed(t, server, "")[0], listed(t, server, "")[1]
	raw := json.RawMessage("{ \"_id\" : \"r\", \"create_time\":\"2019-01-01T00:00:00+00:00\" }")
	server.Add(snaplogic.Activity{Raw: raw}, snaplogic.Activity{Raw: json.RawMessage(`"odd"`)},
		snaplogic.Activity{ID: "s", CreateTime: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)})
	assert.Equal(t, []string{"r", "s", sample, invented}, listed(t, server, "limit=4"))
	_, body, _ := get(t, server, list+"?limit=1", nil)
	assert.Contains(t, body, `"entries": [`+string(raw)+`]`, "unchanged")

	assert.Equal(t, 1, server.Delete(""), "the activity without an id")
	server.InsertAt(1, snaplogic.Activity{ID: "t"}, snaplogic.Activity{ID: "u"})
	server.InsertAt(-1, snaplogic.Activity{ID: "first"})
	server.InsertAt(99, snaplogic.Activity{ID: "last"})
	assert.Equal(t, []string{"first", "r", "t", "u", "s", sample, invented, "last"}, listed(t, server, ""))
	assert.Equal(t, 2, server.Delete("t", "last", "nobody"))
	assert.Equal(t, 1, server.DeleteFunc(func(a snaplogic.Activity) bool { return a.EventType == snaplogic.EventAssetCreate && a.ID == sample }))
	assert.Zero(t, server.DeleteFunc(func(snaplogic.Activity) bool { return false }))
	assert.Equal(t, []string{"first", "r", "u", "s", invented}, listed(t, server, ""))
	assert.Equal(t, 5, server.Len())
	assert.PanicsWithValue(t, "snaplogictest: the activity has no JSON form: record has a field that JSON cannot express: \"create_time\"", func() {
		server.Add(snaplogic.Activity{CreateTime: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)})
	})
}

func TestRowsChangeBetweenPages(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(30))
	all := listed(t, server, "")
	server.ResetRequests()
	requests := 0
	server.OnRequest(func(snaplogictest.Request) {
		if requests++; requests == 2 {
			assert.Equal(t, 2, server.Delete(all[3], all[15]))
			server.Add(snaplogic.Activity{ID: "new", CreateTime: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
			server.InsertAt(28, snaplogic.Activity{ID: "late"})
		}
	})
	got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
	require.NoError(t, err)
	ids := []string{}
	for _, a := range got {
		ids = append(ids, a.ID)
	}
	want := append([]string{}, all[:15]...)
	want = append(append(append(want, all[16:29]...), "late"), all[29])
	assert.Equal(t, want, ids, "the new row is before the page; the deleted rows were listed or are gone")
	assert.Len(t, server.Requests(), requests)
	assert.Equal(t, 30, server.Len())
}

// A time is served as the service writes it, also if the activity is added without Raw.
func TestTimesOfAddedActivities(t *testing.T) {
	at := time.Date(2018, 7, 4, 6, 57, 4, 823_000_000, time.UTC)
	for want, at := range map[string]time.Time{
		"2018-07-04T06:57:04.823000+00:00": at.In(time.FixedZone("", 3600)),
		"2018-07-04T06:57:04.000000+00:00": at.Truncate(time.Second),
		"2018-07-04T06:57:04.823000001Z":   at.Add(1),
	} {
		server := snaplogictest.NewServer()
		server.Add(snaplogic.Activity{ID: "a", CreateTime: at})
		_, body, _ := get(t, server, list, nil)
		assert.Contains(t, body, `"create_time":"`+want+`"`)
		assert.True(t, collect(t, server)[0].CreateTime.Equal(at), want)
	}
}

func TestRepeatedIDs(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{ID: "a", AssetLabel: "1"}, snaplogic.Activity{ID: "b"}, snaplogic.Activity{ID: "a", AssetLabel: "2"})
	server.InsertAt(2, snaplogic.Activity{ID: "a"})
	assert.Equal(t, []string{"a", "b", "a", "a"}, listed(t, server, ""))
	assert.Equal(t, []string{"b", "a"}, listed(t, server, "limit=2&offset=1"))
	assert.Equal(t, []string{"a", "a"}, listed(t, server, "limit=2&offset=2"))
	assert.Equal(t, 3, server.Delete("a"))
}

func TestRaw(t *testing.T) {
	server := snaplogictest.NewServer()
	raw := json.RawMessage("{\"_id\":\"tab\",\"asset_label\":\"a\tb\xe9\"}")
	server.Add(snaplogic.Activity{ID: "tab", Raw: raw})
	_, body, _ := get(t, server, list, nil)
	assert.Contains(t, body, `"entries": [`+string(raw)+`]`)
	assert.Equal(t, 1, server.Delete("tab"))
}

// collect returns all activities, as a client reads them.
func collect(t *testing.T, server *snaplogictest.Server) []snaplogic.Activity {
	t.Helper()
	got, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	return got
}

func TestSample(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(1))
	_, body, _ := get(t, server, list, nil)
	var answer struct {
		Response struct{ Entries []map[string]any } `json:"response_map"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	assert.Equal(t, []map[string]any{{
		"event_type": "asset_create", "parent_type": "Project Space", "org_label": "automation",
		"create_time": "2018-07-04T06:57:04.823000+00:00", "org_snode_id": "5806521b242e3f794b90c16c",
		"project_snode_id": "5b3c6fc056f9a0001fd3ae06", "asset_label": "1PipelineExecutionStatsProject3", "class_version": 1.0,
		"parent_path": "/automation/projects",
		"template": "%(by_whom)s created the %(display_type)s %(asset_label)s under %(parent_type)s %(parent_path)s " +
			"in organization %(org_label)s",
		"partition_label": "projects", "project_label": "1PipelineExecutionStatsProject3", "parent_label": "projects",
		"partition_snode_id": "5806521b242e3f794b90c173", "display_type": "Project", "asset_snode_id": "5b3c6fc056f9a0001fd3ae06",
		"asset_type": "Dir", "asset_path": "/automation/projects/1PipelineExecutionStatsProject3", "class_id": "com-snaplogic-auditevent",
		"parent_snode_id": "5806521b242e3f794b90c173", "by_whom": "autoregplatform+admin1@example.com", "_id": "5b3c6fc056f9a0001fd3ae07",
	}}, answer.Response.Entries)
}

var placeholder = regexp.MustCompile(`%\(\w+\)s`)

func TestGenerate(t *testing.T) {
	const n = 3000
	got := collect(t, snaplogictest.NewServer(snaplogictest.WithRows(n)))
	require.Len(t, got, n)
	ids, types, assets, bytes := map[string]bool{}, map[snaplogic.EventType]int{}, map[string]int{}, 0
	perms, alerts, updates := 0, 0, 0
	for i, a := range got {
		require.Empty(t, a.Problems)
		require.Regexp(t, `^[0-9a-f]{24}$`, a.ID)
		require.NotRegexp(t, placeholder, a.Sentence(), "the entry has all members that the template names")
		require.Regexp(t, `@example\.com$`, a.ByWhom)
		require.NotEmpty(t, a.EventType)
		if i > 0 {
			require.False(t, a.CreateTime.After(got[i-1].CreateTime))
		}
		ids[a.ID] = true
		types[a.EventType]++
		assets[a.AssetType]++
		bytes += len(a.Raw)
		if a.Perm != nil {
			perms++
		}
		if strings.Contains(string(a.Raw), `"is_alert":true`) {
			alerts++
		}
		if a.SnapLogicAdminUpdate != nil && *a.SnapLogicAdminUpdate {
			updates++
		}
	}
	assert.Len(t, ids, n)
	assert.Greater(t, len(types), 10)
	for _, asset := range []string{"File", "Pipeline", "Plex", "Org", "Account"} {
		assert.Positive(t, assets[asset], asset)
	}
	assert.Positive(t, perms)
	assert.Positive(t, alerts)
	assert.Positive(t, updates)
	assert.InDelta(t, 930, bytes/n, 100, "bytes of a record")
}

func TestGenerateIsReproducible(t *testing.T) {
	body := func(opts ...snaplogictest.Option) string {
		_, body, _ := get(t, snaplogictest.NewServer(opts...), list, nil)
		return body
	}
	assert.Equal(t, body(snaplogictest.WithRows(50)), body(snaplogictest.WithRows(50), snaplogictest.WithSeed(1)))
	assert.NotEqual(t, body(snaplogictest.WithRows(50)), body(snaplogictest.WithRows(50), snaplogictest.WithSeed(2)))
	for n := range 3 {
		assert.Equal(t, n, snaplogictest.NewServer(snaplogictest.WithRows(n)).Len())
	}
	assert.Zero(t, snaplogictest.NewServer(snaplogictest.WithRows(-1)).Len())
}

func TestGenerateMovesRowsBack(t *testing.T) {
	today := collect(t, snaplogictest.NewServer(snaplogictest.WithRows(200)))
	const newest = "1999-12-31T06:57:04.823000+00:00" // the sample's time of day, on the last day before the bubble's clock
	moved, err := time.Parse(time.RFC3339, newest)
	require.NoError(t, err)
	back := today[0].CreateTime.Sub(moved)
	require.Zero(t, back%(24*time.Hour))
	outside := snaplogictest.NewServer(snaplogictest.WithRows(200))
	synctest.Test(t, func(t *testing.T) {
		for name, server := range map[string]*snaplogictest.Server{
			"made outside": outside,
			"made inside":  snaplogictest.NewServer(snaplogictest.WithRows(200)),
		} {
			got := collect(t, server)
			require.Len(t, got, 200, name)
			assert.True(t, got[0].CreateTime.Equal(moved), name)
			for i, a := range got {
				require.True(t, a.CreateTime.Add(back).Equal(today[i].CreateTime), name)
				require.Equal(t, string(today[i].Raw), strings.Replace(string(a.Raw), stamp(a), stamp(today[i]), 1), "nothing else differs")
			}
		}
	})
}

// stamp returns the create_time of an invented activity.
func stamp(a snaplogic.Activity) string {
	return a.CreateTime.UTC().Format("2006-01-02T15:04:05.000000+00:00")
}

func TestGenerateOnce(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithRows(3))
	server.Add(snaplogic.Activity{ID: "early", CreateTime: time.Date(1999, 12, 31, 12, 0, 0, 0, time.UTC)})
	synctest.Test(t, func(t *testing.T) {
		before := fmt.Sprint(listed(t, server, ""))
		assert.True(t, strings.HasPrefix(before, "[early 5b3c6fc056f9a0001fd3ae07 "), "the newest first: "+before)
		_, text, _ := get(t, server, list, nil)
		<-time.After(20 * 365 * 24 * time.Hour)
		_, later, _ := get(t, server, list, nil)
		assert.Equal(t, text, later, "the first request decides")
	})
}

// Rows are before the clock by at least a nanosecond.
func TestGenerateNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sample := time.Date(2018, 7, 4, 6, 57, 4, 823_000_000, time.UTC)
		<-time.After(time.Until(sample))
		got := make(map[string]string)
		for _, name := range []string{"at it", "after it"} {
			_, body, _ := get(t, snaplogictest.NewServer(snaplogictest.WithRows(1)), list, nil)
			got[name] = body[strings.Index(body, "2018-"):][:10]
			<-time.After(time.Nanosecond)
		}
		assert.Equal(t, map[string]string{"at it": "2018-07-03", "after it": "2018-07-04"}, got)
	})
}
