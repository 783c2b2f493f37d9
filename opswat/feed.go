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
)

const (
	// feedLookback and feedSettle are what a feed takes where its FollowOptions are zero. How late
	// the service lists activities is not documented.
	feedLookback = time.Hour
	feedSettle   = time.Minute

	day = 24 * time.Hour
	// agePeriod is how far back a feed asks by age. Further back it asks by dates, which are three
	// times as wide at least.
	agePeriod = day + 2*time.Hour
	// ageSlack is how much earlier a reading by age may begin than it has to.
	ageSlack = 3 * time.Hour
	// longestSlice is how far a slice grows while there is next to nothing in it: years of silence
	// should not cost the quota of an hour.
	longestSlice = 180 * day
)

// ActivityFeed returns the activities as they happen, to be followed for as long as one likes (see
// [activity.Feed.Follow]); its first round may also deliver those of the two days before Since. The
// service takes whole hours and whole days only, and no activity is left out for the time that it
// claims. A feed sets its own bounds of time: StartDate, EndDate and Age in its query, and whatever
// is wrong with it otherwise, are [activity.ErrInvalid] when it is followed. PageSize may change
// from run to run.
//
// An age is counted by the service's clock, as its answers show it, or by the local one if that is
// later: a local clock that is wrong loses nothing. Where it is more than an hour behind, the first
// request of a feed is sent again.
//
// Where the options are zero, a round looks back an hour and ends a minute before now. A round over
// the last day asks by age, for an hour or two more than needed; one further back asks by dates,
// for a day more on both sides, so that it does not matter whether the service includes the end
// date (probe: opswat.day). A quiet round costs one request if nothing happened in the last hours,
// and two otherwise.
//
// An activity has no id. Its key is made of Timestamp, Action, DeviceID, AppUser, AppName and
// AccessRule, and of its number among those that are alike in all of these, counted in one reading.
// Two activities that differ only in other fields count as alike, as do two whose timestamps cannot
// be read. The list is read page by page while it moves. Where activities that are alike stand on
// both sides of a joint, the earlier page is read again, which tells what moved from what is alike:
// a request more, at most six. If the list moves each time, they are taken for what moved; what was
// left out then comes in a later round, as long as the lookback reaches it. This rests on the list
// being ordered by time, which the vendor's sample shows and no page of it promises
// (probe: opswat.order).
//
// When the clock of ActivityQuery.Location is set back, local times come twice. Two activities that
// look alike and are an hour apart are two. Rounds that reach the two hours read them whole, read a
// page again where the list moves, deliver their activities last, and correct Timestamp and Time.
// An hour too quiet to show which of the two it is counts as the first. Only if, each time, more
// activities arrive between two requests than a page holds, one may come with the other's key and
// the other not.
//
// A checkpoint has room for the keys of about 30,000 activities. The keys of the last two days are
// kept beside the lookback's, since dates reach so far; with more activities than that, those that
// a round over dates brings back come again, with the same keys.
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
		feed.info.Query += "#" + q.Location.String() // which the keys depend on
	}
	return activity.NewFeed(feed)
}

// activityFeed is the source of a feed.
type activityFeed struct {
	info activity.FeedInfo
	list activityList   // without bounds of time
	zone *time.Location // of the timestamps; nil: UTC
}

// Feed describes the feed.
func (f *activityFeed) Feed() activity.FeedInfo { return f.info }

// Between reads the activities of a span, and of what the service's units add to it.
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

// listBetween returns the list that has everything between two moments, as far as the service's
// clock is known.
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

// key is what identifies an activity, except its number among those that are alike.
type key [16]byte

func keyOf(a *Activity) key {
	var text []byte
	first, _ := occurrences(a.Timestamp) // since which of the two it is may be known later, or never
	for _, field := range []string{first.UTC().Format(time.RFC3339), string(a.Action), a.DeviceID, a.AppUser, a.AppName, a.AccessRule} {
		text = binary.AppendUvarint(text, uint64(len(field)))
		text = append(text, field...)
	}
	sum := sha256.Sum256(text)
	return key(sum[:len(key{})])
}

// numbered is the whole key of the nth of those that are alike.
func (k key) numbered(n int) string {
	return base64.RawURLEncoding.EncodeToString(k[:]) + "-" + strconv.Itoa(n)
}
