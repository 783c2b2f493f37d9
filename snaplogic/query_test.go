package snaplogic_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

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
		"empty event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{snaplogic.ACLAdd, ""}}, "an empty type"},
		"blank event type":   {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{" "}}, "an empty type"},
		"event type, comma":  {snaplogic.ActivityQuery{EventTypes: []snaplogic.EventType{"a,b"}}, "give each type an element of its own"},
		"extra without name": {snaplogic.ActivityQuery{Extra: url.Values{"": {"1"}}}, "Extra holds a parameter without a name"},
		"extra of paging":    {snaplogic.ActivityQuery{Extra: url.Values{"limit": {"1"}}}, "Extra holds limit, which has a field of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer()
			list := server.Client().Activities(c.q)
			_, collected := list.Collect(t.Context(), 0)
			_, paged := list.Page(t.Context(), "")
			_, resumed := list.From("a1.e30").Collect(t.Context(), 0)
			for _, err := range []error{collected, paged, resumed} {
				require.ErrorIs(t, err, activity.ErrInvalid)
				e := failureOf(t, err)
				assert.Contains(t, e.Message, c.message)
				assert.Equal(t, "snaplogic", e.Vendor)
				assert.Equal(t, "list activities", e.Op)
				assert.Zero(t, e.StatusCode)
				assert.Zero(t, e.Attempts)
				assert.False(t, e.Temporary())
			}
			assert.Empty(t, server.Requests())
		})
	}
}

// What has a field of its own, or belongs to paging, cannot be sent twice.
func TestExtraCannotNameAnOwnedParameter(t *testing.T) {
	for _, name := range []string{
		"start", "end", "limit", "offset", "filter_project_space", "filter_project", "filter_asset", "filter_asset_type",
		"filter_event_type", "filter_is_alert", "filter_alert_state", "filter_user", "filter_snaplogic_admin_update",
	} {
		server := snaplogictest.NewServer()
		_, err := server.Client().Activities(snaplogic.ActivityQuery{Extra: url.Values{name: {"1"}}}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Contains(t, err.Error(), "Extra holds "+name+",")
		assert.Empty(t, server.Requests())
	}
}

func TestNewRefuses(t *testing.T) {
	good := snaplogic.Basic("auditor@example.com", "secret-password")
	for name, c := range map[string]struct {
		organization string
		credentials  snaplogic.Credentials
		options      []activity.Option
		kind         error
		message      string
	}{
		"no organization":    {"", good, nil, activity.ErrInvalid, "organization is empty"},
		"a blank one":        {" \t", good, nil, activity.ErrInvalid, "organization is empty"},
		"control characters": {"a\nb", good, nil, activity.ErrInvalid, "organization holds control characters"},
		"no UTF-8":           {"a\xff", good, nil, activity.ErrInvalid, "organization holds control characters"},
		"a path that climbs": {"a/../../b", good, nil, activity.ErrInvalid, "organization must not be or hold"},
		"a dot":              {".", good, nil, activity.ErrInvalid, "organization must not be or hold"},
		"an escaped climb":   {"%2e%2E", good, nil, activity.ErrInvalid, "organization must not be or hold"},
		"no credentials":     {"a", snaplogic.Credentials{}, nil, activity.ErrInvalid, "redentials"},
		"no user":            {"a", snaplogic.Basic("", "secret-password"), nil, activity.ErrInvalid, "the user name is empty"},
		"user with a colon":  {"a", snaplogic.Basic("secret-a:b", "secret-password"), nil, activity.ErrInvalid, "the user name holds a colon"},
		"no password":        {"a", snaplogic.Basic("secret-user", ""), nil, activity.ErrInvalid, "the password is empty"},
		"user with a break": {"a", snaplogic.Basic("secret-user\n", "secret-password"), nil, activity.ErrInvalid,
			"the user name ends with a line break: trim what was read from a file"},
		"password with a break": {"a", snaplogic.Basic("secret-user", "secret-password\r\n"), nil, activity.ErrInvalid,
			"the password ends with a line break: trim what was read from a file"},
		"password with blanks around": {"a", snaplogic.Basic("secret-user", " secret-password"), nil, activity.ErrInvalid,
			"the password has white space or invisible characters around it"},
		"password with a control character": {"a", snaplogic.Basic("secret-user", "secret-\x00password"), nil, activity.ErrInvalid,
			"the password holds a line break or another control character"},
		"no token source":     {"a", snaplogic.Bearer(nil), nil, activity.ErrInvalid, "token source"},
		"a typed nil source":  {"a", snaplogic.Bearer((*nilSource)(nil)), nil, activity.ErrInvalid, "token source"},
		"http":                {"a", good, []activity.Option{activity.WithBaseURL("http://emea.snaplogic.com")}, activity.ErrInsecureURL, "http"},
		"base with a query":   {"a", good, []activity.Option{activity.WithBaseURL("https://emea.snaplogic.com?x=1")}, activity.ErrInvalid, ""},
		"base without a host": {"a", good, []activity.Option{activity.WithBaseURL("emea.snaplogic.com")}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := snaplogic.New(c.organization, c.credentials, c.options...)
			require.Error(t, err)
			assert.Nil(t, client)
			e := failureOf(t, err)
			assert.Equal(t, "snaplogic", e.Vendor)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
			}
			assert.Contains(t, e.Message, c.message)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, e), "secret-")
		})
	}
}

type nilSource struct{}

func (*nilSource) Token() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: "never"}, nil }
