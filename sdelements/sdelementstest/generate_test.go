package sdelementstest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

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
			require.Contains(t, []string{"", a.Data.ProjectDesc}, projects[id], "one name for each project")
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
