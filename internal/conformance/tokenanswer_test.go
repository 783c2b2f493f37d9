package conformance_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// A token that fits no header is not read, however large pages may be.
func TestTokenAnswersAreBounded(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, l := range a.logins(newSecrets(t)) {
			if !l.asks {
				continue
			}
			sent := 0
			transport := tripper(func(*http.Request) (*http.Response, error) {
				sent++
				return reply(200, "application/json", `{"access_token":"`+strings.Repeat("x", 64<<10)+`"}`)
			})
			c, err := a.newClient(l.credentials(), activity.WithTransport(transport))
			require.NoError(t, err)
			_, err = c.list(query{}).Page(t.Context(), "")
			require.ErrorIs(t, err, activity.ErrResponseTooLarge, l.name)
			assert.Equal(t, "the token answer is too large", failure(t, a, err).Message)
			assert.Equal(t, 1, sent)
		}
	})
}
