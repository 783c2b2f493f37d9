package asperatest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestRepeatedUUIDs(t *testing.T) {
	s := asperatest.NewServer()
	numbered(s, 2)
	s.Add(aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Second)}, aspera.Transfer{UUID: "1", SessionStart: noon.Add(-time.Hour)})
	assert.Equal(t, [][]string{{"0"}, {"1"}, {"1"}, {"1"}}, pages(t, s, 1))
	one, err := organization(s).Transfer(t.Context(), "1")
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-time.Second), one.SessionStart, "the newest")
	assert.Equal(t, 3, s.Delete("1"))
}

func TestRaw(t *testing.T) {
	s := asperatest.NewServer()
	raw := "{\"uuid\":\"tab\",\"content\":\"a\tb\xe9\"}"
	s.Add(aspera.Transfer{UUID: "tab", Raw: json.RawMessage(raw)})
	status, body := send(t, s, "GET", "/analytics/v2/users/7/transfers", "", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"transfers":[`+raw+`]`)
	_, body = send(t, s, "GET", "/analytics/v2/users/7/transfers/tab", "", nil)
	assert.Equal(t, raw, body)
}

func TestAddPanics(t *testing.T) {
	assert.Panics(t, func() { asperatest.NewServer().Add(aspera.Transfer{Throughput: positive() / 0}) })
}

func positive() float64 { return 1 }
