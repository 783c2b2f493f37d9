package tally

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// Logins are the logins of each user on each day.
type Logins struct {
	Days    []time.Time // midnights in UTC
	Users   []UserLogins
	Counted []aspera.EventType // the types of events that count as logins
	Others  []aspera.EventType // all other types
	Undated int                // logins without a time
}

// UserLogins are the logins of one user.
type UserLogins struct {
	User  string
	Days  []int     // the number of logins on each day
	Total int       // of logins
	Last  time.Time // zero if there is none
}

// Active returns the number of days with a login.
func (u UserLogins) Active() int {
	active := 0
	for _, n := range u.Days {
		active += min(n, 1)
	}
	return active
}

// LoginsOf counts the logins among application events. It sorts users by the number of days on
// which they logged in, fewest first: their accounts may not be needed. A user who has events but
// no login is included. A user without any event cannot be, since the service lists events, not
// accounts.
func LoginsOf(ctx context.Context, events activity.List[aspera.ApplicationEvent], span Span) (Logins, error) {
	l := Logins{Days: span.Days()}
	users := map[string]*UserLogins{}
	types := map[aspera.EventType]bool{}
	for e, err := range events.All(ctx) {
		if err != nil {
			return Logins{}, err
		}
		name := cmp.Or(e.TriggeredByUserEmail, e.TriggeredByUserName, "(not named)")
		if users[name] == nil {
			users[name] = &UserLogins{User: name, Days: make([]int, len(l.Days))}
		}
		types[e.EventType] = IsLogin(e.EventType)
		if !types[e.EventType] {
			continue
		}
		if e.CreatedAt.IsZero() {
			l.Undated++
		} else if span.contains(e.CreatedAt) {
			users[name].add(int(midnight(e.CreatedAt).Sub(l.Days[0])/(24*time.Hour)), e.CreatedAt)
		}
	}
	for _, user := range users {
		l.Users = append(l.Users, *user)
	}
	slices.SortFunc(l.Users, func(a, b UserLogins) int {
		return cmp.Or(cmp.Compare(a.Active(), b.Active()), a.Last.Compare(b.Last), cmp.Compare(a.User, b.User))
	})
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		if types[kind] {
			l.Counted = append(l.Counted, kind)
		} else {
			l.Others = append(l.Others, kind)
		}
	}
	return l, nil
}

func (u *UserLogins) add(day int, at time.Time) {
	u.Days[day]++
	u.Total++
	u.Last = later(u.Last, at)
}

// IsLogin reports whether the name of a type looks like that of a login. The vendor does not
// document the types.
func IsLogin(kind aspera.EventType) bool {
	name := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, string(kind))
	return (strings.Contains(name, "login") || strings.Contains(name, "loggedin")) && !strings.Contains(name, "fail")
}
