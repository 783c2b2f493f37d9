package snaplogic_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Of two rows with the same id, one is delivered. All others are, without another request.
func TestRepeatedID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		rows := old(300)
		rows[149].ID = rows[5].ID
		server.Add(rows...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 45}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, slices.Delete(idsOf(rows), 149, 150), idsOf(got))
		assert.Len(t, server.Requests(), 7)
	})
}

func TestRepeatedIDsInPage(t *testing.T) {
	entries := entriesOf("a", "b", "b", "a", "c", "d", "d", "e")
	transport := service(func(_, offset, limit int) (int, []string) { return len(entries), part(entries, offset, limit) })
	for pageSize := 4; pageSize <= 9; pageSize++ {
		got, err := newClient(t, transport).Activities(snaplogic.ActivityQuery{PageSize: pageSize}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []string{"a", "b", "c", "d", "e"}, idsOf(got), "pages of %d", pageSize)
	}
}

func TestRowsWithoutID(t *testing.T) {
	entries := strings.Split(`{"_id":"a"}|{"n":1}|{"n":1}|{"_id":"b"}|{"n":2}|{"_id":null,"n":3}|{"_id":7}|{"_id":{"oid":"x"}}|{"n":1}|{"_id":"c"}`, "|")
	for pageSize := 1; pageSize <= 11; pageSize++ {
		transport := service(func(_, offset, limit int) (int, []string) { return len(entries), part(entries, offset, limit) })
		list := newClient(t, transport).Activities(snaplogic.ActivityQuery{PageSize: pageSize})
		var raws []string
		for a, err := range list.All(t.Context()) {
			require.NoError(t, err, "pages of %d", pageSize)
			raws = append(raws, string(a.Raw))
		}
		assert.Equal(t, entries, raws, "pages of %d", pageSize)
	}
}
