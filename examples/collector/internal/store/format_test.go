package store_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// The SDK delivers records that are not JSON as they are. Every format must encode them.
func TestEveryRecordCanBeEncoded(t *testing.T) {
	for name, raw := range map[string]string{
		"JSON": `{"a":1}`, "a tab": "{\"a\":\"x\ty\"}", "Latin-1": "{\"a\":\"Zo\xeb\"}", "no JSON": "oops", "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			e := activity.Event{Vendor: "snaplogic", Feed: "activities", Key: "k", Kind: activity.KindLogin, Raw: []byte(raw)}
			for _, format := range []store.Format{"", store.Raw} {
				data, err := format.Encode(e)
				require.NoError(t, err)
				assert.Equal(t, raw, string(data))
			}
			for _, format := range []store.Format{store.Event, store.OCSF} {
				data, err := format.Encode(e)
				require.NoError(t, err, format)
				assert.True(t, json.Valid(data), "%s: %s", format, data)
				assert.Contains(t, string(data), `"k"`)
			}
		})
	}
}
