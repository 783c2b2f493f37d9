// Package opswat reads the access activities of OPSWAT Central Management (My OPSWAT, formerly
// MetaAccess and Gears): which user tried to reach which application from which device, and whether
// the access was allowed.
//
//	client, err := opswat.New(opswat.ClientCredentials(key, secret))
//	if err != nil {
//		return err
//	}
//	query := opswat.ActivityQuery{StartDate: time.Now().AddDate(0, 0, -7)}
//	for a, err := range client.Activities(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.Timestamp, a.Action, a.AppUser, a.AppName)
//	}
//
// What [Activity] shares with the records of other vendors (Raw, Problems, Event, Detach and the
// JSON methods) is described in package [activity].
//
// A note such as (probe: opswat.zone) marks what the vendor leaves open. The program examples/probe
// finds the answers for your account. It only reads.
//
// # What the account needs
//
// Register an OAuth application in the console of Central Management. [ClientCredentials] takes its
// client key and client secret. An application of the older kind, to which a person consented once,
// also has a refresh token: use [RefreshToken]. A program that gets access tokens elsewhere uses
// [AccessToken].
//
// Accounts live on https://gears.opswat.com or on another host, such as
// https://product.my.us.opswat.com, which [activity.WithBaseURL] sets. The host serves tokens and
// activities.
//
// # The list and the feed
//
// [Client.Activities] lists what a query selects, and [Client.ActivityFeed] delivers activities as
// they happen. A list may deliver an activity twice. A feed delivers each once, apart from rare
// cases that [Client.ActivityFeed] describes.
//
// The service takes whole days in UTC and whole hours of age. Finer bounds are rounded outward and
// nothing is filtered afterwards, so a list may begin before StartDate and end after EndDate. If
// that matters, compare Timestamp.
//
// # What a list guarantees
//
//   - Every activity that is there from the first request to the last is delivered, whatever
//     arrives meanwhile. That holds as long as the service removes no activities and keeps the
//     order of those of the same second. For each newer activity that it removes, one may be
//     missed.
//   - Activities come newest first, as in the vendor's sample (probe: opswat.order).
//   - Activities that arrive meanwhile are left to the next read. For each of them, an older one
//     may be delivered twice, since it moves to a later page and has no id.
//   - A list ends at a page without activities or at status 413, and not at a short page.
//   - It ends with [activity.ErrCursorLoop] if the service answers every page number with the same
//     activities: after 500 repeated ones at most.
//
// # The quota
//
// The service allows ten requests a minute for this API and account. That is 500 activities a
// minute, or 720,000 a day.
//
// Every client therefore has a limiter. It sends the first ten requests at once and never an
// eleventh within 60 seconds, retries included (see [activity.WindowLimiter]). That keeps the quota
// however the service counts a minute (probe: opswat.window), unless a request reaches the service
// more than 15 seconds after the client gave it up. Token requests take no slot of the limiter: the
// vendor does not say that the service counts them (probe: opswat.token).
//
// The limiter belongs to the [Credentials] value, and clients that share the value share it. Two
// values or two processes know nothing of each other, nor does a new process know what an earlier
// one has used. [activity.WithRateLimiter] replaces the limiter, for example by one that several
// machines share.
//
// If the X-RateLimit headers of a response say that nothing remains, all clients that share the
// credentials wait until the reset time, but at most a minute. The time may be in seconds from now
// or since 1970 (probe: opswat.headers).
//
// # Where the documentation contradicts itself
//
//   - Status 406 means "more logs than limit" on one page and "limit above 50" on another
//     (probe: opswat.limit). It is [activity.ErrInvalid], and never the end of a list.
//   - The end date must be greater than the start date, and whether its day is included is not said
//     (probe: opswat.day). EndDate is rounded up to the next midnight, so nothing before it is
//     missing.
//   - Timestamps name no zone (probe: opswat.zone). They are read as UTC, or in the Location of the
//     query.
//   - The service ignores a date that comes alone (probe: opswat.lone). A StartDate without EndDate
//     is sent with an end, and an EndDate without StartDate is refused. Without dates and age, the
//     service looks back 24 hours.
//   - The vendor does not say that a short page is the last one (probe: opswat.short), so one more
//     page is requested. It costs one of the ten requests a minute.
//   - The access token must be in the URL's query. Whether a header works is not documented
//     (probe: opswat.header). The token never appears in errors, logs and headers, nor in the
//     request that middleware gets. Only [activity.WithTransport] and net/http/httptrace see it.
//   - Other APIs of the vendor look similar, but count age in seconds, write dates as YYYY/MM/DD or
//     milliseconds, and continue lists with a token. Do not rely on their documentation.
//
// The API is version 3.0, last changed in 2018 and still the newest.
//
// # Testing
//
// Package [github.com/activity-sdk/activity/opswat/opswattest] has a fake of the service.
package opswat
