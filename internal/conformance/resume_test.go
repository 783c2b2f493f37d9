package conformance_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// A walk goes on from any of its cursors, in another process too, and whatever the page size is
// then.
func TestResume(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		delivered := 0
		for p, err := range s.client(t).list(bounded(5)).Pages(t.Context(), "") {
			require.NoError(t, err)
			delivered += len(p.Items)
			if p.Next == "" {
				break
			}
			for _, size := range []int{0, 2, 5, 9} {
				rest, err := idsUntil(t.Context(), s.client(t).list(bounded(size)), p.Next)
				require.NoError(t, err)
				assert.Equal(t, down(23-delivered, 1), rest, "page size %d", size)
			}
		}
		assert.Equal(t, 23, delivered)
	})
}

// A cursor is of its list alone, and of nothing that anybody else wrote. Nothing is sent with one
// that is not.
func TestCursorMismatch(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		c := s.client(t)
		p, err := c.list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		s.ResetRequests()
		later, good := bounded(5), string(p.Next)
		later.from = later.from.Add(24 * time.Hour)
		refused := func(q query, at string) {
			_, err := idsUntil(t.Context(), c.list(q), activity.Cursor(at))
			require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
			_ = failure(t, a, err)
			_, err = c.list(q).Page(t.Context(), activity.Cursor(at))
			require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
		}
		refused(later, good)
		refused(query{pageSize: 5}, good)
		for _, at := range []string{
			"scribble", "a1.", "a1.e30", "a1.bnVsbA", "a2" + good[2:], good[:len(good)-3], good[1:], good + good[3:], good + "=",
			good + strings.Repeat("A", 32<<10),
		} {
			refused(bounded(5), at)
		}
		assert.Empty(t, s.Requests())
		_, err = c.list(bounded(5)).Page(t.Context(), p.Next)
		require.NoError(t, err, "it is not refused for another reason")
	})
}

// A cursor is short and printable, and names neither a host nor a secret.
func TestCursorHoldsNoSecret(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		p, err := s.client(t).list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		_, encoded, _ := strings.Cut(string(p.Next), ".")
		text, err := base64.RawURLEncoding.DecodeString(encoded)
		require.NoError(t, err)
		assert.Less(t, len(p.Next), 1000)
		for _, r := range s.Requests() {
			assert.NotContains(t, string(text), r.Host)
			for _, part := range []string{"token", "secret", "password", "http"} {
				assert.NotContains(t, strings.ToLower(string(text)), part)
			}
		}
	})
}
