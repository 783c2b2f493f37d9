package tally

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

type event = aspera.ApplicationEvent

func TestLogins(t *testing.T) {
	login := func(user string, when time.Time) event {
		return event{EventType: "user_logged_in", TriggeredByUserEmail: user, CreatedAt: when}
	}
	span := Span{at(6, 0), at(6, 0).AddDate(0, 0, 2)}
	late := at(1, 0).AddDate(0, 0, 1).In(time.FixedZone("", -4*3600)) // the evening before, in its own zone
	l, err := LoginsOf(t.Context(), activity.ListOf(
		login("ada", at(5, 59)), login("ada", at(6, 0)), login("ada", at(9, 0)), login("ada", late), login("ada", span.Until),
		login("bob", at(8, 0)), login("cyd", at(9, 0)), login("cyd", time.Time{}),
		event{EventType: "package_sent", TriggeredByUserName: "Dora", CreatedAt: at(7, 0)},
		event{EventType: "login_failed", CreatedAt: at(7, 0)},
	), span)
	require.NoError(t, err)
	assert.Equal(t, Logins{
		Days: []time.Time{at(0, 0), at(0, 0).AddDate(0, 0, 1), at(0, 0).AddDate(0, 0, 2)},
		Users: []UserLogins{
			{User: "(not named)", Days: []int{0, 0, 0}},
			{User: "Dora", Days: []int{0, 0, 0}},
			{User: "bob", Days: []int{1, 0, 0}, Total: 1, Last: at(8, 0)},
			{User: "cyd", Days: []int{1, 0, 0}, Total: 1, Last: at(9, 0)},
			{User: "ada", Days: []int{2, 1, 0}, Total: 3, Last: late},
		},
		Counted: []aspera.EventType{"user_logged_in"},
		Others:  []aspera.EventType{"login_failed", "package_sent"},
		Undated: 1,
	}, l)
	assert.Equal(t, 2, l.Users[4].Active())
}

func TestIsLogin(t *testing.T) {
	for _, kind := range []aspera.EventType{"login", "user_logged_in", "User.LoggedIn", "user login", "LOG_IN"} {
		assert.True(t, IsLogin(kind), kind)
	}
	for _, kind := range []aspera.EventType{"", "logout", "user_logged_out", "login_failed", "package_sent"} {
		assert.False(t, IsLogin(kind), kind)
	}
	assert.True(t, slices.ContainsFunc([]aspera.EventType{"logout", "login"}, IsLogin))
}
