package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

// largeBody is large enough to be read one by one. Some of its records do not fit, one is none.
func largeBody() []byte {
	var body strings.Builder
	body.WriteString(`{"total": 1, "entries" : [`)
	padding := strings.Repeat("x", 600)
	for i := range 8000 {
		switch i {
		case 17:
			body.WriteString(` null,`)
		case 18, 19:
			fmt.Fprintf(&body, ` {"id":"%d","bytes":"odd","kind":"k"} ,`, i)
		default:
			fmt.Fprintf(&body, `{"id":"%d","kind":"k%d","bytes":%d,"Untagged":"%s"},`, i, i%7, i, padding)
		}
	}
	body.WriteString(`{"id":"last"}]}`)
	return []byte(body.String())
}

func readBatch(t *testing.T, body []byte) (wire.Batch[record], []record) {
	var visited []record
	var batch wire.Batch[record]
	codec := wire.NewCodec(plainOf, keptOf)
	r := wire.NewReader(body)
	require.NoError(t, r.Object(func(name string) (err error) {
		if name == "entries" {
			batch, err = wire.ReadBatch(r, codec, func(v *record) { visited = append(visited, *v) })
		}
		return err
	}))
	require.NoError(t, r.End())
	return batch, visited
}

func made(t *testing.T, b wire.Batch[record]) []record {
	held, later := b.Records()
	if later == nil {
		require.Len(t, held, b.Len())
		return held
	}
	require.Empty(t, held)
	var records []record
	for v, err := range later {
		require.NoError(t, err)
		records = append(records, v)
	}
	require.Len(t, records, b.Len())
	return records
}

func TestBatchMakesTheSameRecordsLater(t *testing.T) {
	body := largeBody()
	batch, visited := readBatch(t, body)
	_, later := batch.Records()
	require.NotNil(t, later)

	var want []record
	r := wire.NewReader(body)
	require.NoError(t, r.Object(func(name string) (err error) {
		if name == "entries" {
			want, err = wire.Records(r, strict)
		}
		return err
	}))
	require.Len(t, want, 8001)
	assert.Equal(t, len(want), batch.Len())
	for range 2 { // it can be ranged over again
		require.Equal(t, want, made(t, batch))
	}
	assert.Same(t, &want[5].Raw[0], &made(t, batch)[5].Raw[0], "Raw shares the body's memory")
	require.Len(t, visited, len(want))
	for i := range want {
		require.Equal(t, want[i].ID, visited[i].ID)
		require.Equal(t, want[i].Problems, visited[i].Problems)
		require.Equal(t, want[i].Raw, visited[i].Raw)
	}
	for _, err := range later {
		require.NoError(t, err)
		break // and left
	}
}

func TestBatchPicks(t *testing.T) {
	large, _ := readBatch(t, largeBody())
	small, visited := readBatch(t, []byte(`{"entries":[{"id":"0"},{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]}`))
	_, later := small.Records()
	require.Nil(t, later)
	require.Len(t, visited, 5)
	for _, places := range [][]int{{0}, {1, 2, 3}, {0, 2, 4}, {4}, {}, {0, 1, 2, 3, 4}} {
		for _, batch := range []wire.Batch[record]{small, large} {
			picked := batch.Pick(places)
			require.Equal(t, len(places), picked.Len())
			for i, v := range made(t, picked) {
				assert.Equal(t, fmt.Sprint(places[i]), v.ID)
			}
			_, later := picked.Records()
			if later != nil {
				for _, err := range later {
					require.NoError(t, err)
					break
				}
			}
		}
	}
	held, _ := small.Pick([]int{1, 2}).Records()
	all, _ := small.Records()
	assert.Same(t, &all[1], &held[0], "neighbours are not copied")
	assert.Equal(t, 2, cap(held), "appending cannot overwrite what follows")
	assert.Equal(t, "8000", fmt.Sprint(large.Len()-1))
	last := made(t, large.Pick([]int{7, 8000}))
	assert.Equal(t, "last", last[1].ID)
}

func TestBatchRefusesWhatIsNotWhole(t *testing.T) {
	body := largeBody()
	for name, broken := range map[string][]byte{"cut": body[:len(body)-10], "not JSON": append(body[:len(body)-3:len(body)-3], "x]}"...)} {
		r := wire.NewReader(broken)
		err := r.Object(func(name string) error {
			if name != "entries" {
				return nil
			}
			batch, err := wire.ReadBatch(r, strict, func(*record) {})
			assert.Zero(t, batch.Len())
			return err
		})
		assert.ErrorAs(t, err, new(*wire.SyntaxError), name)
	}
	r := wire.NewReader([]byte(`"` + strings.Repeat("x", 5<<20) + `"`))
	_, err := wire.ReadBatch(r, strict, func(*record) {})
	assert.ErrorAs(t, err, new(*wire.ShapeError))
}

// Whoever changes a page's bytes before its records are made must not get fewer of them without a word.
func TestBatchOfAChangedBody(t *testing.T) {
	body := largeBody()
	batch, _ := readBatch(t, body)
	body[len(body)-3] = 'x'
	for _, b := range []wire.Batch[record]{batch, batch.Pick([]int{3, 8000})} {
		var last error
		_, later := b.Records()
		for _, err := range later {
			require.NoError(t, last, "an error is the last thing")
			last = err
		}
		assert.ErrorAs(t, last, new(*wire.SyntaxError))
	}
}
