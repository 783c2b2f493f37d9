package opswat_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
)

// Any body is either an error or records whose bytes are in it.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{sample, `[]`, `null`, `{}`, ``, `[{}]`, `[null, 17, "x", [[]], {"timestamp":17}]`, `[{"timestamp":"May 18, 2018, 1:02:03` +
		"\u202f" + `PM"}]`, `[{"app_name":"` + "\xff" + `","app_name":1e999}] `, `[{"action":"blocked"}`, `[{}] []`, "\ufeff[]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		client := newClient(t, serving(200, string(body)), credentials(), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
		page, err := client.Activities(opswat.ActivityQuery{PageSize: 2}).Page(t.Context(), "")
		if err != nil {
			_ = kindOf(t, err)
			assert.Empty(t, page.Items)
			assert.Empty(t, page.Next)
			return
		}
		body = page.Raw // without a byte order mark
		assert.Equal(t, len(page.Items) > 0, page.Next != "")
		at := 0
		for _, a := range page.Items {
			found := bytes.Index(body[at:], a.Raw)
			require.GreaterOrEqual(t, found, 0)
			at += found + len(a.Raw)
			_, err := a.MarshalJSON()
			require.NoError(t, err)
			a.Raw = nil
			_, err = a.MarshalJSON()
			require.NoError(t, err)
		}
	})
}
