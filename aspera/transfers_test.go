package aspera_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestTransfer(t *testing.T) {
	s := asperatest.NewServer()
	s.Add(aspera.Transfer{Raw: json.RawMessage(wholeTransfer)})
	want := wantTransfer()
	want.Raw = json.RawMessage(wholeTransfer)
	got, err := organization(s).Transfer(t.Context(), want.UUID)
	require.NoError(t, err)
	assert.Equal(t, want, got)

	wrapped := asperatest.NewServer(asperatest.WithWrappedTransfer())
	wrapped.Add(aspera.Transfer{Raw: json.RawMessage(wholeTransfer)})
	got, err = organization(wrapped).Transfer(t.Context(), want.UUID)
	require.NoError(t, err)
	assert.Equal(t, want, got)

	_, err = organization(s).Transfer(t.Context(), "unknown")
	require.ErrorIs(t, err, activity.ErrNotFound)
	assert.Equal(t, "get transfer", failure(t, err).Op)

	for body, uuid := range map[string]string{
		`{"transfer":{"uuid":"a"}}`:                                        "a",
		`{"meta":{"x":[{"y":1}]},"transfers":[{"uuid":"a"},{"uuid":"b"}]}`: "a",
		`[{"uuid":"a"}]`: "a",
		`{"error_code":0,"files":[{"uuid":"no"}],"uuid":"a"}`:     "a",
		`{"uuid":17,"session_started_at":"2024-03-05T10:20:30Z"}`: "17",
		`{"data":[{"uuid":"a"}]}`:                                 "a",
	} {
		s := asperatest.NewServer()
		answer(s, body)
		got, err := organization(s).Transfer(t.Context(), "a")
		require.NoError(t, err, body)
		assert.Equal(t, uuid, got.UUID, body)
		assert.Equal(t, uuid == "17", got.SessionStart.Equal(time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)))
	}
	for _, body := range []string{`{}`, `[]`, `{"transfers":[]}`, `"uuid"`, `{"a":{"b":{"c":{"d":{"uuid":"too deep"}}}}}`, `{"uuid":"a"}x`} {
		s := asperatest.NewServer()
		answer(s, body)
		got, err := organization(s).Transfer(t.Context(), "a")
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.Zero(t, got)
	}
}
