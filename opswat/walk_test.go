package opswat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// As documented: k new rows between two requests make the later page begin with the last k of the
// earlier one.
func TestWhatInsertionRepeats(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(6, time.Now())...)
	server.OnRequest(func(r opswattest.Request) {
		if strings.Contains(string(r.Body), `"page":2`) {
			server.InsertAt(0, opswat.Activity{DeviceID: "new1"}, opswat.Activity{DeviceID: "new2"})
		}
	})
	got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"D0", "D1", "D2", "D1", "D2", "D3", "D4", "D5"}, deviceIDs(got))
}

// A service that ignores the page number would never come to an end.
func TestWalkInCircles(t *testing.T) {
	for _, size := range []int{1, 10, 50} {
		t.Run(fmt.Sprint("size ", size), func(t *testing.T) {
			full := "[" + strings.Repeat(`{"device_id":"D"},`, size-1) + `{"device_id":"D"}]`
			requests := 0
			rt := roundTrip(func(req *http.Request) (*http.Response, error) {
				if !isTokenRequest(req) {
					requests++
				}
				return serving(200, full)(req)
			})
			list := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{PageSize: size})
			for range 2 {
				requests = 0
				got, err := list.Collect(t.Context(), 2000)
				require.ErrorIs(t, err, activity.ErrCursorLoop)
				assert.Equal(t, "opswat: list activities: the list leads back to an earlier page: "+
					"the service answers every page number with the same rows", err.Error())
				assert.Len(t, got, 500, "what came before is delivered")
				assert.Equal(t, 500/size+1, requests)
			}
		})
	}
}

// The same page twice, or many times but not in a row, proves nothing.
func TestEqualPagesAreNoCircle(t *testing.T) {
	full := "[" + strings.Repeat("{},", 49) + "{}]"
	other := `[{"device_id":"x"},` + strings.Repeat("{},", 48) + "{}]"
	n := 0
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		if isTokenRequest(req) {
			return serving(200, "")(req)
		}
		switch n++; {
		case n == 100:
			return answer(req, 200, "[]"), nil
		case n%10 == 0:
			return answer(req, 200, other), nil
		}
		return answer(req, 200, full), nil
	})
	got, err := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 99*50)
}
