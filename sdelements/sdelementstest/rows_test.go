package sdelementstest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

func TestAddInsertDelete(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(2))
	assert.Equal(t, 2, server.Len())
	raw := json.RawMessage("{ \"id\" : 4, \"date\":\"2016-04-01T00:00:00\" }")
	server.Add(sdelements.Activity{Raw: raw}, sdelements.Activity{Raw: json.RawMessage(`"odd"`)})
	raw[3] = 'x' // a copy is served
	assert.Equal(t, []int64{5, 4, 3}, listed(t, server, "/api/v2/activities/?date_from=2016-01-01T00:00:00Z&page_size=3"))
	_, body, _ := get(t, server, "/api/v2/activities/4/", nil)
	assert.Equal(t, "{ \"id\" : 4, \"date\":\"2016-04-01T00:00:00\" }", body)
	server.InsertAt(1, sdelements.Activity{ID: 8}, sdelements.Activity{ID: 7})
	assert.Equal(t, 1, server.Delete(0), "the activity without an id")
	assert.Equal(t, []int64{5, 8, 7, 4, 3}, listed(t, server, "/api/v2/activities/"))
	assert.Equal(t, 2, server.Delete(8, 7, 6))
	assert.Equal(t, 3, server.Len())
	assert.PanicsWithValue(t, "sdelementstest: an activity has no JSON form: record has a field that JSON cannot express: \"date\"", func() {
		server.Add(sdelements.Activity{Date: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)})
	})
}

func TestRepeatedIDs(t *testing.T) {
	server := sdelementstest.NewServer()
	numbered(server, 3)
	server.Add(sdelements.Activity{ID: 2, Actor: sdelementstest.Me, Date: noon})
	server.InsertAt(3, sdelements.Activity{ID: 3, Actor: sdelementstest.Me, Date: noon})
	want := [][]int64{{3}, {2}, {1}, {3}, {2}}
	assert.Equal(t, want, walk(t, server, everything+"?page_size=1"))
	assert.Equal(t, want, walk(t, server, stream+"?page_size=1"))
	_, body, _ := get(t, server, everything+"2/", nil)
	assert.Contains(t, body, "12:00:01", "the newest")
	assert.Equal(t, 2, server.Delete(2))
}

func TestRaw(t *testing.T) {
	server := sdelementstest.NewServer()
	raw := "{\"id\":3,\"text\":\"a\tb\xe9\"}"
	server.Add(sdelements.Activity{ID: 3, Raw: json.RawMessage(raw)})
	_, body, _ := get(t, server, everything, nil)
	assert.Equal(t, `{"results":[`+raw+`]}`, body)
	_, body, _ = get(t, server, everything+"3/", nil)
	assert.Equal(t, raw, body)
}

func TestGenerate(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(3000))
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, 3000)
	kinds, offsets := map[sdelements.ActivityName]int{}, map[int]int{}
	oldUsers, nobody := 0, 0
	for i, a := range got {
		require.Empty(t, a.Problems)
		require.NotEmpty(t, a.Text)
		require.Contains(t, sdelements.ActivityNames(), a.Name)
		kinds[a.Name]++
		_, offset := a.Date.Zone()
		offsets[offset]++
		if i > 0 {
			require.False(t, a.Date.After(got[i-1].Date))
		}
		if i > 4 {
			require.Less(t, a.ID, got[i-1].ID)
		}
		if a.Data.User != "" && a.Data.User[0] != 'U' {
			oldUsers++
		}
		if a.Actor == 0 {
			nobody++
		}
	}
	assert.Equal(t, int64(6), got[2999].ID)
	assert.Greater(t, len(kinds), 10)
	assert.Len(t, offsets, 2)
	assert.Positive(t, oldUsers)
	assert.Positive(t, nobody)
	projects := map[int64]string{}
	for _, a := range got {
		if id := a.Data.Project; id != 0 {
			require.Contains(t, []string{"", a.Data.ProjectDesc}, projects[id], "each project has one name")
			projects[id] = a.Data.ProjectDesc
		}
	}
	assert.Greater(t, len(projects), 10)

	same := func(opts ...sdelementstest.Option) string {
		_, body, _ := get(t, sdelementstest.NewServer(opts...), "/api/v2/activities/", nil)
		return body
	}
	assert.Equal(t, same(sdelementstest.WithRows(50)), same(sdelementstest.WithRows(50), sdelementstest.WithSeed(1)))
	assert.NotEqual(t, same(sdelementstest.WithRows(50)), same(sdelementstest.WithRows(50), sdelementstest.WithSeed(2)))
	for n := range 6 {
		assert.Equal(t, n, sdelementstest.NewServer(sdelementstest.WithRows(n)).Len())
	}
	assert.Zero(t, sdelementstest.NewServer(sdelementstest.WithRows(-1)).Len())
}
