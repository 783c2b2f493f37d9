package conformance_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/ocsftest"
)

// TestRecordsAreEvents checks that each record of a feed is an activity.Event with the record's
// values, and that its OCSF form is valid by the schema.
func TestRecordsAreEvents(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		records, err := readings[0].read(t.Context(), a.fill(13).client(t), 5)
		require.NoError(t, err)
		for _, r := range records {
			eventer, ok := r.value.(activity.Eventer)
			require.True(t, ok, "%T", r.value)
			e := eventer.Event()
			assert.Equal(t, a.vendor, e.Vendor)
			assert.True(t, r.time.Equal(e.Time))
			assert.NotEmpty(t, e.Kind)
			assert.Equal(t, string(r.raw), string(e.Raw))
			text, err := e.OCSF()
			require.NoError(t, err)
			assert.Empty(t, ocsftest.Problems(text), "%s", text)
		}
	})
}

// TestDamagedEventsAsJSON checks that the event of a record whose strings are not valid is JSON in
// UTF-8 all the same, with the record as the record itself marshals.
func TestDamagedEventsAsJSON(t *testing.T) {
	for name, damaged := range map[string]string{
		"a tab":           "x\ty",
		"Windows-1252":    "M\xfcller, \x80 5",
		"cut in UTF-8":    "M\xc3",
		"half a pair":     `\ud800`,
		"all of them":     "\x00\xff\\\t\\ud800",
		"HTML and spaces": "<b> & \u2028\" ,\n\"zy\" : \"\t",
	} {
		t.Run(name, func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				good := toJSON(a.record(7, newest()))
				s := a.fill(0)
				s.respond(200, a.answer(false, good[:len(good)-1]+`, "zz": "`+damaged+`"}`))
				p, err := s.client(t).list(query{pageSize: 50}).Page(t.Context(), "")
				require.NoError(t, err)
				require.Len(t, p.Items, 1)
				record, err := p.Items[0].value.(json.Marshaler).MarshalJSON()
				require.NoError(t, err)
				e := p.Items[0].value.(activity.Eventer).Event()
				assert.Equal(t, string(p.Items[0].raw), string(e.Raw), "byte for byte")

				var text bytes.Buffer
				encoder := json.NewEncoder(&text)
				encoder.SetEscapeHTML(false)
				require.NoError(t, encoder.Encode(e))
				assert.True(t, utf8.Valid(text.Bytes()), "%q", text.Bytes())
				var again activity.Event
				require.NoError(t, json.Unmarshal(text.Bytes(), &again))
				assert.Equal(t, string(record), string(again.Raw))
				again.Raw = e.Raw
				assert.Equal(t, e, again)
			})
		})
	}
}
