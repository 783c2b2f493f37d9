package snaplogic_test

import (
	"bytes"
	"log/slog"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// Pages of more than a few MiB are decoded record by record. That must not be noticed.
func TestLargePages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rows, large, small = 13_000, 7000, 1000
		server := snaplogictest.NewServer(snaplogictest.WithRows(rows))
		odd := snaplogic.Activity{ID: "odd", Raw: []byte(`{"_id":"odd","class_version":"no number","create_time":"1999-12-30T00:00:00Z"}`)}
		server.InsertAt(2, odd)
		var log bytes.Buffer
		client := server.Client(activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))

		want, err := client.Activities(snaplogic.ActivityQuery{PageSize: small}).Collect(t.Context(), 0)
		require.NoError(t, err)
		require.Equal(t, rows+1, len(want)) //nolint:testifylint // Len would print them all
		warned := bytes.Count(log.Bytes(), []byte("class_version"))
		require.Equal(t, 1, warned)

		list := client.Activities(snaplogic.ActivityQuery{PageSize: large})
		server.ResetRequests()
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		require.True(t, reflect.DeepEqual(want, got))
		assert.Equal(t, "class_version", got[2].Problems[0].Field)
		assert.Equal(t, 2, bytes.Count(log.Bytes(), []byte("class_version")), "once for each walk")
		assert.Len(t, server.Requests(), 2)

		var sizes []int
		for page, err := range list.Pages(t.Context()) {
			require.NoError(t, err)
			require.True(t, len(page.Raw) > 4<<20, len(page.Raw)) //nolint:testifylint // that is what makes it large
			require.True(t, reflect.DeepEqual(want[:len(page.Items)], page.Items))
			sizes, want = append(sizes, len(page.Items)), want[len(page.Items):]
		}
		assert.Equal(t, []int{large, rows + 1 - large}, sizes)
	})
}
