package snaplogictest_test

import (
	"encoding/json"
	"testing"
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
	assert.Contains(t, body, `"entries": [`+string(raw)+`]`, "byte for byte")

	assert.Equal(t, 1, server.Delete(""), "the odd one")
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
	assert.Equal(t, want, ids, "the new one stands before the place of the walk, the deleted ones were listed before or are gone")
	assert.Len(t, server.Requests(), requests)
	assert.Equal(t, 30, server.Len())
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
