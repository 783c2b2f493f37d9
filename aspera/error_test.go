package aspera_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// Shapes of error bodies that sibling APIs have.
func TestErrors(t *testing.T) {
	for body, want := range map[string]activity.Error{
		`{"code":"bad_range","message":"want 5 minutes to 6 months","request_id":"r-1"}`: {Code: "bad_range", Message: "want 5 minutes to 6 months", RequestID: "r-1"},
		`{"error":{"user_message":"no such node","code":7}}`:                             {Code: "7", Message: "no such node"},
		`{"errors":[{"message":"a"},{"message":"b"}]}`:                                   {Message: "a; b"},
	} {
		s := asperatest.NewServer()
		s.Fail(asperatest.Fault{Status: 400, Body: body})
		_, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		e := failure(t, err)
		assert.Equal(t, "list application events", e.Op)
		assert.Equal(t, "/analytics/v2/organizations/1023/application_events", e.Path)
		assert.Equal(t, want, activity.Error{Code: e.Code, Message: e.Message, RequestID: e.RequestID})
	}
}

// A refusal that names parameters has them as fields.
func TestErrorFields(t *testing.T) {
	for body, want := range map[string]map[string][]string{
		`{"param":"limit","code":"invalid_parameter_value","message":"invalid value","request_id":"r-1"}`:         {"limit": {"invalid value"}},
		`{"params":["colour","size"],"code":"unpermitted_parameters","message":"not permitted","request_id":"r"}`: {"colour": {"not permitted"}, "size": {"not permitted"}},
		`{"errors":{"stop_time":"is missing"}}`: {"stop_time": {"is missing"}},
		`{"code":"too_many","message":"m"}`:     nil,
	} {
		s := asperatest.NewServer()
		s.Fail(asperatest.Fault{Status: 422, Body: body})
		_, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.Equal(t, want, failure(t, err).Fields, body)
	}
}
