package aspera_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/aspera"
)

func TestDetach(t *testing.T) {
	detaches(t, func(raw json.RawMessage) aspera.TransferFile { return aspera.TransferFile{Raw: raw} }, func(v aspera.TransferFile) json.RawMessage { return v.Raw })
	detaches(t, func(raw json.RawMessage) aspera.Throughput { return aspera.Throughput{Raw: raw} }, func(v aspera.Throughput) json.RawMessage { return v.Raw })
	detaches(t, func(raw json.RawMessage) aspera.FileAccess { return aspera.FileAccess{Raw: raw} }, func(v aspera.FileAccess) json.RawMessage { return v.Raw })
	detaches(t, func(raw json.RawMessage) aspera.FileAccessMatch { return aspera.FileAccessMatch{Raw: raw} }, func(v aspera.FileAccessMatch) json.RawMessage { return v.Raw })
	detaches(t, func(raw json.RawMessage) aspera.Volume { return aspera.Volume{Raw: raw} }, func(v aspera.Volume) json.RawMessage { return v.Raw })
}

// detaches checks that a detached record is the same, and shares no memory with the page that the
// record came on.
func detaches[T interface{ Detach() T }](t *testing.T, record func(json.RawMessage) T, raw func(T) json.RawMessage) {
	page := []byte(`[{"id":"a"},{"id":"b"}]`)
	attached := record(page[1:11])
	detached := attached.Detach()
	assert.Equal(t, attached, detached)
	clear(page)
	assert.Equal(t, `{"id":"a"}`, string(raw(detached)), "%T", detached)
	assert.NotEqual(t, attached, detached, "%T: the record itself is left as it is", detached)
	assert.Nil(t, raw(record(nil).Detach()), "%T", detached)
}
