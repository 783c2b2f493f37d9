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
	// The defaults of FollowOptions. How late the service lists records is not documented. A
	// transfer may be listed, and change, long after it began.
	feedLookback = 24 * time.Hour
	feedSettle   = time.Minute
	// The service accepts 5 minutes to 6 months, according to the manual of IBM's aspera-cli.
	shortestSpan = 5 * time.Minute
	longestSlice = 90 * 24 * time.Hour
	// finalWait is how long a transfer with a final status is read again for a stop time. There may
	// be none, and such rows would otherwise be requested in each round for ever.
	finalWait = 24 * time.Hour
)

// TransferFeed returns the feed of the resource's transfers that match q; see
// [activity.Feed.Follow]. It delivers no state of a transfer twice: the key consists of UUID,
// Direction, SessionStart, UpdatedAt and Status and, once there is one, SessionStop. So the final
// state is delivered even if UpdatedAt is missing or has not changed. By default a round looks back
// 24 hours and ends a minute before now.
//
// The feed does not send q.Status. It asks for transfers of any status and leaves out those of
// another one, so that a transfer is delivered when it reaches the status, however long it took. So
// a feed with a Status sends as many requests as one without.
//
// A transfer without a stop time is kept in the checkpoint and read again by its UUID, until it has
// a stop time or is gone. One whose Status is [StatusCompleted] or [StatusFailed] may never get a
// stop time, so it is read again only until 24 hours after UpdatedAt or, if that is missing,
// SessionStart. A round rereads at most 100 transfers, and a checkpoint keeps about 7,000; beyond
// that, it drops the one that has waited longest. Changes of transfers that are not kept are
// delivered only if the lookback reaches them.
//
// If the service returns the other side of the session instead (see [Transfer]), a second request
// looks for the transfer among those that began in the five minutes up to its start. If it is not
// on the first page of them, the feed logs a warning. It then drops a transfer that is not listed
// any more. If there are more pages, it tries again in the next round: set a larger PageSize.
//
// If a checkpoint has no room for the keys of the lookback, that is shortened, and a round may
// deliver states again that are up to 5 minutes older, with the same keys.
//
// According to the manual of IBM's aspera-cli, the service accepts 5 minutes to 6 months at a time
// (probe: aspera.window). A round shorter than 5 minutes begins earlier, so the first may deliver
// transfers from up to 5 minutes before Since. A longer one is split into slices of at most 90
// days. Slices ask for an extra millisecond on both sides, since it is not documented whether
// bounds are inclusive (probe: aspera.start, aspera.stop).
//
// A feed sets the time bounds itself. If q is invalid, or sets Start or Stop, following returns
// [activity.ErrInvalid]. PageSize may change from run to run.
func (r Resource) TransferFeed(q TransferQuery) activity.Feed[Transfer] {
	q.Extra = url.Values(http.Header(q.Extra).Clone())
	unbounded := q.Start.IsZero() && q.Stop.IsZero()
	return activity.NewFeed(&transferFeed{r, q, newFeed(r, transfers, q, unbounded,
		func(from, to time.Time) query {
			q := q
			q.Start, q.Stop = from, to
			q.Status = "" // see transferFeed.Matches
			return q
		},
		transferRecord)})
}

// transferRecord returns a transfer with the key of its state. Its time is the latest one that the
// transfer has, since it is not certain which one the service's bounds mean (probe: aspera.start).
func transferRecord(t Transfer) activity.Record[Transfer] {
	const instant = "2006-01-02T15:04:05.999999999Z"
	key := paging.RawKey(t.Raw)
	if t.UUID != "" {
		key = strings.Join([]string{url.QueryEscape(t.UUID), url.QueryEscape(string(t.Direction)),
			t.SessionStart.UTC().Format(instant), t.UpdatedAt.UTC().Format(instant), url.QueryEscape(string(t.Status))}, "/")
		if t.Done() { // UpdatedAt and Status may be missing, or those of the last state before the end
			key += "/" + t.SessionStop.UTC().Format(instant)
		}
	}
	return activity.Record[Transfer]{Key: key, Item: t, Time: latestTime(t)}
}

// latestTime returns the latest time that a transfer has; zero if it has none.
func latestTime(t Transfer) time.Time {
	latest := t.SessionStart
	for _, other := range []time.Time{t.SessionStop, t.UpdatedAt} {
		if other.After(latest) {
			latest = other
		}
	}
	return latest
}

// transferFeed also reads unfinished transfers again. Package activity calls its methods
// Unfinished, Matches and Revisit.
type transferFeed struct {
	resource Resource
	query    TransferQuery
	*paging.ListFeed[Transfer]
}

// Unfinished reports whether a transfer has no stop time and may still get one. Both sides of a
// session have the same UUID, so the reference is that of a side.
func (f *transferFeed) Unfinished(t Transfer) (ref string, open bool) {
	isFinal := t.Status.outcome() != ""
	ref, open = sideOf(t).reference(), !t.Done() && (!isFinal || time.Since(latestTime(t)) < finalWait)
	if t.UUID == "" || open && f.resource.api.Reveals(ref) { // it would be in the checkpoint and in a path
		return "", false
	}
	return ref, open
}

// Matches reports whether a transfer has the status of the query. The service is not asked for
// that: its list would leave out the transfers that are to be read again until they have it.
func (f *transferFeed) Matches(t Transfer) bool {
	return f.query.Status == "" || strings.EqualFold(string(t.Status), string(f.query.Status))
}

// Revisit reads a transfer by its UUID and, if that returns the other side of the session, from the
// list.
func (f *transferFeed) Revisit(ctx context.Context, ref string) ([]activity.Record[Transfer], error) {
	wanted := parseReference(ref)
	resource, err := f.resource.resolve(ctx, getTransfer)
	if err != nil {
		return nil, asRoundFailure(err)
	}
	t, err := resource.Transfer(ctx, wanted.uuid)
	if err != nil {
		return nil, err
	}
	if wanted.is(t) {
		return []activity.Record[Transfer]{transferRecord(t)}, nil
	}
	found, err := f.findInList(ctx, wanted)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return []activity.Record[Transfer]{transferRecord(found[0])}, nil
}

// asRoundFailure returns a failed lookup of the organization as an error that ends the round. A 404
// of the lookup does not mean that the record is gone. If the failure is one that ends the feed,
// the next round's list returns it with its kind.
func asRoundFailure(err error) error {
	e, ok := errors.AsType[*activity.Error](err)
	if !ok || e.Temporary() || errors.Is(err, activity.ErrUnauthorized) {
		return err
	}
	failure := *e
	failure.Kind = nil
	return &failure
}

// ApplicationEventFeed returns the feed of the resource's application events that match q. It works
// as [Resource.TransferFeed] does, except that events do not change, so none is read again.
//
// The key of an event is its EventID. An event without an EventID gets a key of "raw-" and a hash
// of its bytes, so two of them with the same bytes count as one.
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

// newFeed returns the feed of an endpoint. between returns the query of a slice, and unbounded
// reports whether q itself has no bounds.
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
			// Whether bounds are inclusive is not documented (probe: aspera.start, aspera.stop). An
			// extra millisecond on both sides makes sure; keys sort out the rest.
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
