package opswat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"iter"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

const (
	// feedLookback and feedSettle are the defaults of FollowOptions. How late the service lists
	// activities is not documented.
	feedLookback = time.Hour
	feedSettle   = time.Minute

	day = 24 * time.Hour
	// agePeriod is how far back a feed uses age. Further back it uses dates, which cover at least
	// three times as much.
	agePeriod = day + 2*time.Hour
	// ageSlack is how much earlier than necessary a list by age may begin.
	ageSlack = 3 * time.Hour
	// longestSlice limits a slice of time that has next to no activities. It is long, so that years
	// without activities do not cost the quota of an hour.
	longestSlice = 180 * day
)

// ActivityFeed returns the feed of the activities that match q; see [activity.Feed.Follow]. Its
// first round may also deliver activities of the two days before Since: the service takes whole
// hours and whole days only, and a feed leaves out no activity because of its time.
//
// By default a round looks back an hour and ends a minute before now. It requests the last two or
// three hours again: n activities in them cost n/PageSize requests, rounded up, and one more.
//
// A feed sets the time bounds itself. If q is invalid, or sets StartDate, EndDate or Age, the feed
// yields [activity.ErrInvalid]. PageSize may change from run to run.
//
// # Keys
//
// Activities have no id. The key of an activity is a hash of Timestamp, Action, DeviceID, AppUser,
// AppName and AccessRule, followed by a number that distinguishes activities with the same hash. A
// Timestamp that cannot be read counts with the text that was sent.
//
// Activities with the same hash are numbered from the newest. If one is listed late, it gets the
// number of another, and the feed delivers the other one again in its place. That matters only
// where fields outside the hash differ, such as DeviceStatus.
//
// If activities with the same hash are at the end of a page and at the beginning of the next, the
// earlier page is read again. That shows whether they are different activities or moved, and costs
// one to six requests. If the list changes each time, they are assumed to have moved. A later round
// delivers what was left out, as long as the lookback reaches it. If a whole page has one hash and
// an activity arrives meanwhile, one of them may count twice. All this relies on the order by time,
// which the vendor's sample shows and its documentation does not promise (probe: opswat.order).
//
// A checkpoint has room for the keys of about 30,000 activities. It keeps the keys of the lookback
// and of the two days before, since a request by dates reaches back that far. If they do not fit,
// the lookback is shortened, and a request that reaches back further may deliver activities again,
// with the same keys.
//
// # Time
//
// A round over the last day requests activities by age, for an hour or two more than needed. The
// age is counted by the service's clock or the local clock, whichever is later, so a wrong local
// clock loses nothing. If the local clock is more than an hour behind, the first request of a feed
// is sent again. A round further back requests activities by dates, for a day more on both sides,
// so it does not matter whether the service includes the end date (probe: opswat.day). A day is the
// shortest time that can be requested by dates. If the service refuses a later page of it, the feed
// ends with the service's error.
//
// When the clock of ActivityQuery.Location is set back, an hour occurs twice. The feed delivers the
// activities of both hours after all others that it reads with them. It keeps equal activities of
// the two hours apart, and corrects Timestamp and Time. If an hour has too few activities to tell
// which of the two it is, it counts as the first. The feed can confuse two activities with the same
// hash only if more than a page of activities arrives between every two requests: it then delivers
// one of them twice and the other never.
func (c *Client) ActivityFeed(q ActivityQuery) activity.Feed[Activity] {
	feed := &activityFeed{info: activity.FeedInfo{
		Vendor:   vendor,
		Tenant:   c.api().Tenant().Name,
		Name:     "activities",
		Lookback: feedLookback,
		Settle:   feedSettle,
		Shortest: day,
		Longest:  longestSlice,
		Margin:   2 * day,
		Logger:   c.api().Logger(),
	}}
	list, err := c.activityList(q)
	if !q.StartDate.IsZero() || !q.EndDate.IsZero() || q.Age != 0 {
		err = invalid("the query of a feed has no StartDate, no EndDate and no Age; FollowOptions.Since says where it begins")
	}
	if err != nil {
		feed.info.Err = c.api().Reject("follow activities", err)
		return activity.NewFeed(feed)
	}
	feed.list = *list
	feed.list.clock = new(clock)
	feed.info.Query = activitiesPath + "?" + list.request.identity().Encode()
	if feed.zone = q.Location; q.Location != nil {
		feed.info.Query += "#" + q.Location.String() // the keys depend on it
	}
	return activity.NewFeed(feed)
}

// activityFeed is the source of a feed.
type activityFeed struct {
	info activity.FeedInfo
	list activityList   // without time bounds
	zone *time.Location // of timestamps; nil: UTC
}

// Feed describes the feed.
func (f *activityFeed) Feed() activity.FeedInfo { return f.info }

// Between reads the activities from one moment to another. It may read more, since the service
// takes whole hours and days only.
func (f *activityFeed) Between(ctx context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[Activity]], error] {
	return func(yield func(activity.Page[activity.Record[Activity]], error) bool) {
		w := newFeedWalk(func() *activityList { return f.listBetween(from, to) })
		for {
			page, err := w.next(ctx)
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
		}
	}
}

// listBetween returns a list that covers the time between two moments, by what is known of the
// service's clock.
func (f *activityFeed) listBetween(from, to time.Time) *activityList {
	list := f.list
	if list.clock.now().Sub(from) > agePeriod {
		list.request.StartDate, _ = formatDate(from.Add(-day))
		list.request.EndDate, _ = formatDate(to.Add(day))
		return &list
	}
	list.ageSince = from
	if f.zone != nil {
		list.ageSince = beforeAmbiguousHours(from.In(f.zone), ageSlack)
	}
	return &list
}

// key identifies an activity, except for its number among those with the same key.
type key [16]byte

func keyOf(a *Activity) key {
	var text []byte
	first, _ := occurrences(a.Timestamp) // the hour of an ambiguous time may be known later, or never
	when := first.UTC().Format(time.RFC3339)
	if a.Timestamp.IsZero() {
		when += sentTimestamp(a.Raw)
	}
	for _, field := range []string{when, string(a.Action), a.DeviceID, a.AppUser, a.AppName, a.AccessRule} {
		text = binary.AppendUvarint(text, uint64(len(field)))
		text = append(text, field...)
	}
	sum := sha256.Sum256(text)
	return key(sum[:len(key{})])
}

// sentTimestamp returns the member timestamp as it was sent, since that distinguishes activities
// although it cannot be read; "" if there is none.
func sentTimestamp(raw []byte) (text string) {
	r := wire.NewReader(raw)
	_ = r.Object(func(name string) error {
		value, err := r.Value()
		if err == nil && name == "timestamp" {
			text = string(value)
		}
		return err
	})
	return text
}

// numbered returns the complete key of the nth activity with the key.
func (k key) numbered(n int) string {
	return base64.RawURLEncoding.EncodeToString(k[:]) + "-" + strconv.Itoa(n)
}
