package snaplogic

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// A page that was loaded ahead and does not hold the row that was delivered last is asked for again, though it holds others. Here a row
// y was delivered that the pages loaded ahead know nothing of, or show behind rows that have vanished since: it must not come twice.
func TestPageLoadedAheadWithoutTheLastRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := map[int][]string{
			0: {"a b c"},
			2: {"c d e y"},
			5: {"d e f g", "y f g h"},
			8: {"e y h i", "h i"},
		}
		client, err := New("Example Organization", Basic("auditor@example.com", "example-password"), activity.WithPrefetch(3))
		require.NoError(t, err)
		source, err := client.activitySource(ActivityQuery{PageSize: 3})
		require.NoError(t, err)
		var mu sync.Mutex
		source.fetch = func(_ context.Context, part span, _ int64) (answer, error) {
			mu.Lock()
			ids := strings.Fields(answers[part.offset][0])
			answers[part.offset] = answers[part.offset][1:]
			mu.Unlock()
			<-time.After(time.Second)
			rows, keys := make([]Activity, len(ids)), make([]key, len(ids))
			for i, id := range ids {
				rows[i].ID, keys[i] = id, key(id)
			}
			return answer{span: part, rows: wire.BatchOf(rows), keys: keys, total: 10}, nil
		}
		var got []string
		for a, err := range activity.NewList(source).All(t.Context()) {
			require.NoError(t, err)
			got = append(got, a.ID)
		}
		assert.Equal(t, "a b c d e y f g h i", strings.Join(got, " "))
	})
}
