package aspera

import (
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/wire"
)

// FuzzBodies decodes bodies of all forms.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"organization_id":1023,"start_time":"2019-01-19T23:00:00.000000000Z","total_transfers":2,"transfers":[{"uuid":"a","file_id":7},` +
			`{"uuid":"b","session_started_at":"2019-01-20T00:00:00Z","transferred_bytes":9007199254740993}],` +
			`"first":{"href":"https://api.ibmaspera.com/a"},"next":{"href":"https://api.ibmaspera.com/a?next=b"}}`,
		`{"transfers":null,"next":{}}`, `{"users":[{"email":"ada@example.com"}],"files":[{"path":"/a"}],"next":{"href":""}}`,
		`[{"uuid":"a"}]`, `{"transfer":{"uuid":"a"}}`, `{"uuid":17}`, `{"volume_usage":[{"bytes_uploaded":1}]}`, `{"bytes_uploaded":1}`,
		`{"data":[1,null,"x",{}],"next":"https://api.ibmaspera.com/b"}`, `{"next":[],"transfers":[]}`, `{}`, `[]`, `null`, ``, `{"transfers":[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := string(body)
		valid := json.Valid(body)
		for _, decode := range []func() (int, error){
			func() (int, error) { return decoded(t, body, transfers.decode) },
			func() (int, error) { return decoded(t, body, transferFiles.decode) },
			func() (int, error) { return decoded(t, body, fileAccessMatches.decode) },
			func() (int, error) { raw, err := findTransfer(wire.NewReader(body)); return len(raw), err },
			func() (int, error) { volumes, err := decodeVolumes(wire.NewReader(body)); return len(volumes), err },
			func() (int, error) { id, err := readID(wire.NewReader(body)); return len(id), err },
		} {
			n, err := decode()
			if err != nil {
				assert.Zero(t, n)
				_, isShape := errors.AsType[*wire.ShapeError](err)
				_, isSyntax := errors.AsType[*wire.SyntaxError](err)
				assert.True(t, isShape || isSyntax, err)
				assert.False(t, valid && errors.Is(err, io.ErrUnexpectedEOF), "a whole body is taken for one that was cut")
			}
		}
		assert.Equal(t, before, string(body))
	})
}

// decoded decodes a page, and checks that its records survive a round trip through JSON.
func decoded[T any](t *testing.T, body []byte, decode func(*wire.Reader) (paging.Linked[T], error)) (int, error) {
	page, err := decode(wire.NewReader(body))
	assert.GreaterOrEqual(t, page.Total, -1)
	for _, r := range page.Items {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var again T
		require.NoError(t, json.Unmarshal(text, &again))
	}
	return len(page.Items), err
}
