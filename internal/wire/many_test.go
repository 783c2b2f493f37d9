package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// An element of two bytes takes hundreds as a record, so that the size of an answer does not bound
// how much memory it takes.
func TestRecordsAreBounded(t *testing.T) {
	const most = 1 << 20
	codec := wire.NewCodec(plainOf, keptOf)
	for name, element := range map[string]string{"objects": "{},", "numbers": "1,"} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.Records(wire.NewReader([]byte("["+strings.Repeat(element, most)+"{}]")), codec)
			require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		})
	}
	whole := "[" + strings.Repeat("{},", most-1) + "{}]"
	records, err := wire.Records(wire.NewReader([]byte(whole)), codec)
	require.NoError(t, err)
	assert.Len(t, records, most)
}
