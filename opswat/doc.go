// Package opswat reads the access activities of OPSWAT Central Management (My OPSWAT, formerly
// MetaAccess and Gears): which user tried to reach which application from which device, and whether
// that was allowed.
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
// [Activity.Event] says what happened in words that all vendors share.
//
// # What the account needs
//
// An OAuth application, registered in the console of Central Management: its client key and client
// secret are what [ClientCredentials] takes. An application of the older kind, which acts for a
// person who consented to it once, has a refresh token beside them ([RefreshToken]). A program that
// gets access tokens from elsewhere uses [AccessToken]. Accounts that do not live on
// https://gears.opswat.com name their host with [activity.WithBaseURL], such as
// https://product.my.us.opswat.com; it serves tokens and activities alike.
//
// # The quota
//
// The service allows ten requests a minute for this API and account: 500 records a minute, 720,000
// a day. Every client therefore comes with a limiter that never lets an eleventh request into any
// span of 60 seconds, repetitions included, and sends the first ten at once (see
// [activity.WindowLimiter]). That fits however the service counts a minute (probe: opswat.window).
// It holds as long as no request reaches the service more than 15 seconds after it was given up.
// The limiter belongs to the [Credentials] value: clients that share the value share the quota. Two
// values, or two processes, know nothing of each other, and a new process knows nothing of what an
// earlier one has used; [activity.WithRateLimiter] puts a limiter in its place that several
// machines can share. Token requests are not counted, since the vendor does not say that they are
// (probe: opswat.token).
//
// The X-RateLimit headers of an answer are obeyed for a minute at most: once they say that nothing
// remains, all clients that share the credentials wait until the time that they name. Whether that
// is in seconds from now or since 1970 is not documented (probe: opswat.headers); both are
// understood.
//
// # What a list guarantees
//
// Every activity that is there during the whole walk is delivered, newest first
// (probe: opswat.order), whatever arrives meanwhile. Activities that arrive push the older ones to
// later pages, so that as many of these may be delivered twice: they have no id that could show it.
// What arrives is left to the next walk. If the service removed recent activities, as many older
// ones would be missed; it is not documented to. A list ends with a page without activities, or
// with 413. It ends with [activity.ErrCursorLoop] if the service answers every page number with the
// same activities, before 500 of them were repeated. A feed delivers each activity once: see
// [Client.ActivityFeed].
//
// # Oddities of the service, and what is done about them
//
//   - Without dates and without an age the service looks back 24 hours. That is its default, not
//     this package's. It ignores a date that comes alone (probe: opswat.lone): a StartDate without
//     EndDate is sent with an end, and an EndDate without StartDate is refused.
//   - It takes whole days in UTC and whole hours of age. Finer bounds are widened, never narrowed,
//     and nothing is filtered afterwards: a list may begin before StartDate and end after EndDate.
//     Compare Timestamp where that matters.
//   - It does not say how many activities there are, nor that a short page is the last one
//     (probe: opswat.short). The page after the last is therefore requested too, which costs one of
//     the ten requests a minute.
//   - Its pages contradict each other about 406: "more records than limit" in one place, "limit
//     above 50" in another (probe: opswat.limit). Here it is an error of the caller
//     ([activity.ErrInvalid]), never the end of a list and never a sign of more.
//   - It takes the access token in the URL's query. This package adds it behind everything that a
//     program can see: it stands in no error, no log line, no header, and not in the request that
//     middleware gets. [activity.WithTransport] and net/http/httptrace are behind that point and do
//     see it. Whether a header would do is not documented (probe: opswat.header).
//   - Its timestamps name no zone. UTC is assumed (probe: opswat.zone); ActivityQuery.Location
//     overrides that.
//   - Other APIs of the vendor look similar and are not: their age is in seconds, their dates are
//     YYYY/MM/DD or milliseconds, their lists continue with a token. What is known of them does not
//     hold here.
//
// The service is documented as version 3.0 of the API, last changed in 2018 and still the newest.
// Package opswattest has a fake of it for tests.
package opswat
