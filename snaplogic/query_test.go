package snaplogic_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestQueriesThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]struct {
		q       snaplogic.ActivityQuery
		message string
	}{
		"page size below":    {snaplogic.ActivityQuery{PageSize: -1}, "PageSize must be between 1 and 100,000, or 0 for 1,000"},
		"page size above":    {snaplogic.ActivityQuery{PageSize: 100_001}, "PageSize must be between 1 and 100,000, or 0 for 1,000"},
		"start before 1970":  {snaplogic.ActivityQuery{Start: time.Unix(0, -1)}, "Start and End must not lie before 1970"},
		"end before 1970":    {snaplogic.ActivityQuery{End: time.Unix(-1, 0)}, "Start and End must not lie before 1970"},
		"end before start":   {snaplogic.ActivityQuery{Start: bubbleStart, End: bubbleStart.Add(-1)}, "End lies before Start"},
		"project, no space":  {snaplogic.ActivityQuery{Project: "p", Asset: "a"}, "Project needs ProjectSpace"},
		"empty event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{snaplogic.EventACLAdd, ""}}, "an empty type"},
		"blank event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{" "}}, "an empty type"},
		"event type, comma":  {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a,b"}}, "give each type an element of its own"},
		"extra without name": {snaplogic.ActivityQuery{Extra: url.Values{"": {"1"}}}, "Extra holds a parameter without a name"},
		"extra of paging":    {snaplogic.ActivityQuery{Extra: url.Values{"limit": {"1"}}}, "Extra holds limit, which has a field of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := snaplogictest.NewServer().Client().Activities(c.q).Page(t.Context(), "")
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Contains(t, failureOf(t, err).Message, c.message)
		})
	}
}

// What has a field of its own, or belongs to paging, cannot be sent twice.
func TestExtraCannotNameAnOwnedParameter(t *testing.T) {
	for _, name := range []string{
		"start", "end", "limit", "offset", "filter_project_space", "filter_project", "filter_asset", "filter_asset_type",
		"filter_event_type", "filter_is_alert", "filter_alert_state", "filter_user", "filter_snaplogic_admin_update",
	} {
		_, err := snaplogictest.NewServer().Client().Activities(snaplogic.ActivityQuery{Extra: url.Values{name: {"1"}}}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Contains(t, err.Error(), "Extra holds "+name+",")
	}
}

func TestNewRefuses(t *testing.T) {
	good := snaplogic.Basic("auditor@example.com", "secret-password")
	for name, c := range map[string]struct {
		organization string
		credentials  snaplogic.Credentials
		message      string
	}{
		"no organization":    {"", good, "organization is empty"},
		"control characters": {"a\nb", good, "organization holds control characters"},
		"a path that climbs": {"a/../../b", good, "organization must not be or hold"},
		"no credentials":     {"a", snaplogic.Credentials{}, "redentials"},
		"no user":            {"a", snaplogic.Basic("", "secret-password"), "the user name is empty"},
		"user with a colon":  {"a", snaplogic.Basic("secret-a:b", "secret-password"), "the user name holds a colon"},
		"no token source":    {"a", snaplogic.Bearer(nil), "token source"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := snaplogic.New(c.organization, c.credentials)
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Nil(t, client)
			assert.Contains(t, failureOf(t, err).Message, c.message)
		})
	}
}

// A name that is refused ties the credentials to no address.
func TestRefusedOrganizationBindsNothing(t *testing.T) {
	credentials := snaplogic.Basic("ada@example.com", "example-password")
	for _, name := range []string{"", "a/../b", "%2E%2e", "%252e%252E", "..;x"} {
		_, err := snaplogic.New(name, credentials, activity.WithBaseURL("https://other.example.com"))
		require.ErrorIs(t, err, activity.ErrInvalid, name)
	}
	_, err := snaplogic.New("acme", credentials)
	require.NoError(t, err)
}
