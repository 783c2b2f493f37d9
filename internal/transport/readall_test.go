package transport_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// jsonOf returns a JSON object of size bytes, whose blocks all differ.
func jsonOf(size int) []byte {
	body := make([]byte, size)
	for i := range body {
		body[i] = 'A'
	}
	for i := 0; i < size; i += 61 {
		body[i] += byte(i>>10) % 26
	}
	copy(body, `{"things":["`)
	copy(body[size-3:], `"]}`)
	return body
}

// bodyOf answers with a body and the length that it announces.
func bodyOf(body io.Reader, announced int64) step {
	return func(req *http.Request) (*http.Response, error) {
		a, err := answer(200, "")(req)
		a.Body, a.ContentLength = io.NopCloser(body), announced
		return a, err
	}
}

func TestBodyArrivesWhole(t *testing.T) {
	halves := func(r io.Reader) io.Reader { return iotest.HalfReader(r) }
	atOnce := func(r io.Reader) io.Reader { return iotest.DataErrReader(r) }
	for _, size := range []int{15, 511, 64<<10 - 1, 64 << 10, 64<<10 + 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3<<20 + 3} {
		want := jsonOf(size)
		for announced, length := range map[string]int64{"known": int64(size), "unknown": -1, "none": 0, "too short": int64(size / 3), "too long": int64(size * 3)} {
			for _, reader := range []func(io.Reader) io.Reader{halves, atOnce} {
				s := &script{steps: []step{bodyOf(reader(bytes.NewReader(want)), length)}}
				got, err := do(t.Context(), newClient(t, s))
				require.NoError(t, err, "%d bytes, length %s", size, announced)
				require.True(t, bytes.Equal(want, got.Body), "%d bytes, length %s", size, announced)
				require.LessOrEqual(t, cap(got.Body), size+size/8, "%d bytes, length %s: a page keeps its body", size, announced)
			}
		}
	}
}

func TestBodyLimitIsExact(t *testing.T) {
	const limit = 300 << 10
	for _, announced := range []int64{limit, limit + 1, -1, 0} {
		client := func(size int) error {
			s := &script{steps: []step{bodyOf(bytes.NewReader(jsonOf(size)), announced)}}
			_, err := do(t.Context(), newClient(t, s, activity.WithMaxResponseBytes(limit)))
			return err
		}
		require.ErrorIs(t, client(limit+1), activity.ErrResponseTooLarge)
		if announced <= limit {
			require.NoError(t, client(limit))
		}
	}
}

// The largest limit means no limit.
func TestBodyWithoutLimit(t *testing.T) {
	for _, announced := range []int64{1 << 20, -1} {
		s := &script{steps: []step{bodyOf(bytes.NewReader(jsonOf(1<<20)), announced)}}
		_, err := do(t.Context(), newClient(t, s, activity.WithMaxResponseBytes(math.MaxInt64)))
		require.NoError(t, err)
	}
}

// Memory is allocated in proportion to what has arrived, whatever length was announced.
func TestMemoryOfBodies(t *testing.T) {
	const size = 32 << 20
	for _, c := range []struct {
		name      string
		size      int
		announced int64
		most      float64 // bytes allocated, per byte of the body
	}{
		{"length known", size, size, 1.7},
		{"length unknown", size / 4, -1, 2.3},
		{"length unknown, large", 80 << 20, -1, 2.2},
		{"length a lie", 1 << 10, 100 << 20, 1 << 11},
		{"length a lie, later", 2 << 20, 100 << 20, 10},
	} {
		s := &script{steps: []step{bodyOf(bytes.NewReader(jsonOf(c.size)), c.announced)}}
		client := newClient(t, s)
		allocated := bytesAllocated(func() {
			_, err := do(context.Background(), client)
			require.NoError(t, err)
		})
		assert.Less(t, float64(allocated)/float64(c.size), c.most, c.name)
	}
}

func bytesAllocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
