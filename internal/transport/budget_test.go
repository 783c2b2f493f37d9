package transport_test

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// However the service mixes its failures, a call's attempts and token requests together are at most
// twice the attempts of the policy.
func TestRequestsOfACallAreBounded(t *testing.T) {
	for attempts, most := range map[int]int{1: 4, 2: 4, 3: 6, 5: 10, 20: 40} {
		for _, failures := range [][]int{{401}, {401, 503}, {503, 401}, {401, 401, 503}, {503, 503, 401}} {
			for _, tokenFailures := range []int{0, 1, 3, 100} {
				synctest.Test(t, func(t *testing.T) {
					calls, grants := 0, 0
					s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
						if req.Method == http.MethodPost {
							if grants++; grants%(tokenFailures+1) != 0 {
								return answer(503, "")(req)
							}
							return answer(200, `{"access_token":"`+strconv.Itoa(grants)+`"}`)(req)
						}
						calls++
						return answer(failures[calls%len(failures)], "")(req)
					}}}
					client := newClientWith(t, transport.Granted(transport.Bearer(), request), s,
						activity.WithRetry(activity.RetryPolicy{MaxAttempts: attempts}))
					_, err := do(t.Context(), client)
					require.Error(t, err)
					assert.LessOrEqual(t, len(s.sent()), most, "%d attempts, answers %v, %d failures of each token", attempts, failures, tokenFailures)
					assert.LessOrEqual(t, asError(t, err).Attempts, attempts)
				})
			}
		}
	}
}

// With the largest number of attempts, the budget does not overflow.
func TestUnlimitedAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps := slices.Repeat([]step{answer(503, "")}, 20)
		s := &script{steps: append(steps, answer(200, things))}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(activity.RetryPolicy{MaxAttempts: math.MaxInt})))
		require.NoError(t, err)
		assert.Len(t, s.sent(), 21)
	})
}
