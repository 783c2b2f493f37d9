package aspera

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

const (
	// feedLookback and feedSettle apply where FollowOptions are zero. How late the service lists
	// records is not documented; a transfer may be listed, and change, long after it began.
	feedLookback = 24 * time.Hour
	feedSettle   = time.Minute
	// The manual of IBM's aspera-cli says that the service takes 5 minutes to 6 months at a time.
	shortestSpan = 5 * time.Minute
	longestSlice = 90 * 24 * time.Hour
)

// TransferFeed returns the resource's transfers as they happen, to be followed for as long as one
// likes: see [activity.Feed.Follow]. Each state of a transfer comes once: the key is made of UUID,
// Direction, SessionStart and UpdatedAt.
//
// A feed sets its own bounds of time. Start and Stop in its query, and whatever is wrong with it
// otherwise, are activity.ErrInvalid when it is followed. PageSize may change from run to run.
// Where the options are zero, a round looks back 24 hours, and ends a minute before now.
//
// A transfer without a stop time is kept in the checkpoint and read again by its UUID, a hundred in
// a round, until it has a stop time, is gone, or does not fit the query any more. If the service
// returns the other side of the session instead, it is read until that is over. At most 10,000 are
// kept. A change after that comes only if the lookback reaches the transfer.
//
// The manual of IBM's aspera-cli says that the service takes 5 minutes to 6 months at a time. A
// round over less begins earlier, so the first one may have transfers from up to 5 minutes before
// Since. Slices cover 90 days at most (probe: aspera.window). Whether it includes the instants of
// the bounds is not documented (probe: aspera.start, aspera.stop), so slices ask for a millisecond
// more on both sides.
func (r Resource) TransferFeed(q TransferQuery) activity.Feed[Transfer] {
	q.Extra = url.Values(http.Header(q.Extra).Clone())
	unbounded := q.Start.IsZero() && q.Stop.IsZero()
	return activity.NewFeed(&transferFeed{r, q, newFeed(r, transfers, q, unbounded,
		func(from, to time.Time) query {
			q := q
			q.Start, q.Stop = from, to
			return q
		},
		transferRecord)})
}

// transferRecord returns a transfer with its state's key and the latest of its times, since it is
// not known for certain which of them the service's bounds mean (probe: aspera.start).
func transferRecord(t Transfer) activity.Record[Transfer] {
	const instant = "2006-01-02T15:04:05.999999999Z"
	at := t.SessionStart
	for _, other := range []time.Time{t.SessionStop, t.UpdatedAt} {
		if other.After(at) {
			at = other
		}
	}
	key := paging.RawKey(t.Raw)
	if t.UUID != "" {
		key = strings.Join([]string{url.QueryEscape(t.UUID), url.QueryEscape(string(t.Direction)),
			t.SessionStart.UTC().Format(instant), t.UpdatedAt.UTC().Format(instant)}, "/")
	}
	return activity.Record[Transfer]{Key: key, Item: t, Time: at}
}

// transferFeed also reads transfers again that were not over. The methods by which it does so are
// those that a feed looks for in its source.
type transferFeed struct {
	resource Resource
	query    TransferQuery
	*paging.ListFeed[Transfer]
}

// Unfinished is a transfer without a stop time. A UUID stands for both sides of a session, so the
// direction is part of the reference.
func (f *transferFeed) Unfinished(t Transfer) (ref string, open bool) {
	open = !t.Done()
	if t.UUID == "" || open && f.resource.api.Reveals(t.UUID) { // it would get into the checkpoint and into a path
		return "", false
	}
	return t.UUID + " " + string(t.Direction), open
}

// Revisit reads a transfer by its UUID.
func (f *transferFeed) Revisit(ctx context.Context, ref string) ([]activity.Record[Transfer], error) {
	uuid, direction, _ := strings.Cut(ref, " ")
	resource, err := f.resource.resolve(ctx, getTransfer)
	if err != nil {
		return nil, asRoundFailure(err)
	}
	t, err := resource.Transfer(ctx, uuid)
	if err != nil {
		return nil, err
	}
	otherSide := t.Direction != Direction(direction)
	if otherSide && t.Done() || f.query.Direction != "" && t.Direction != f.query.Direction || f.query.Status != "" && t.Status != f.query.Status {
		return nil, nil
	}
	return []activity.Record[Transfer]{transferRecord(t)}, nil
}

// asRoundFailure returns a failed lookup of the resource as an error that ends the round, whichever
// record was to be read: a 404 does not mean that the record is gone. A failure that its caller has
// to do something about is met again, with its kind, by the list of the next round.
func asRoundFailure(err error) error {
	e, ok := errors.AsType[*activity.Error](err)
	if !ok || e.Temporary() || errors.Is(err, activity.ErrUnauthorized) {
		return err
	}
	failure := *e
	failure.Kind = nil
	return &failure
}

// ApplicationEventFeed returns the resource's application events as they happen: see
// [Resource.TransferFeed]. Events do not change, so none is read again. The key of an event is its
// EventID. For one without an EventID it is "raw-" and a hash of its bytes, so that two which are
// the same byte for byte count as one.
func (r Resource) ApplicationEventFeed(q EventQuery) activity.Feed[ApplicationEvent] {
	q.Extra = url.Values(http.Header(q.Extra).Clone())
	unbounded := q.Start.IsZero() && q.Stop.IsZero()
	return activity.NewFeed(newFeed(r, applicationEvents, q, unbounded,
		func(from, to time.Time) query {
			q := q
			q.Start, q.Stop = from, to
			return q
		},
		func(e ApplicationEvent) activity.Record[ApplicationEvent] {
			key := e.EventID
			if key == "" {
				key = paging.RawKey(e.Raw)
			}
			return activity.Record[ApplicationEvent]{Key: key, Item: e, Time: e.CreatedAt}
		}))
}

// newFeed returns the feed of an endpoint. between returns the query for a span of time; unbounded
// says that the feed's own has no bounds.
func newFeed[T any](r Resource, e endpoint[T], q query, unbounded bool, between func(from, to time.Time) query,
	record func(T) activity.Record[T],
) *paging.ListFeed[T] {
	feed := &paging.ListFeed[T]{
		Info: activity.FeedInfo{
			Vendor:   vendor,
			Name:     e.path,
			Lookback: feedLookback,
			Settle:   feedSettle,
			Shortest: shortestSpan,
			Longest:  longestSlice,
			Margin:   shortestSpan + precision,
		},
		List: func(from, to time.Time) activity.List[T] {
			// Whether the service counts the bounds themselves in is not documented (probe:
			// aspera.start, aspera.stop). A millisecond more on both sides makes sure.
			from, to = from.Add(-precision), to.Add(precision)
			if to.Sub(from) < shortestSpan {
				from = to.Add(-shortestSpan)
			}
			return list(r, e, between(from, to))
		},
		Record: record,
	}
	identity, err := r.identity(e.path)
	var params url.Values
	if err == nil {
		params, err = q.params()
	}
	if err == nil && !unbounded {
		err = invalid("the query of a feed has no Start and no Stop; FollowOptions.Since says where it begins")
	}
	if err != nil {
		feed.Info.Err = r.reject("follow "+strings.TrimPrefix(e.op, "list "), err)
		return feed
	}
	feed.Info.Tenant = r.api.Tenant().Name
	feed.Info.Logger = r.api.Logger()
	feed.Info.Query = identity + "?" + withoutPaging(params).Encode()
	return feed
}
