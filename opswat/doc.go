// Package opswat reads the access activities of OPSWAT Central Management (My OPSWAT, formerly MetaAccess and Gears): which user
// tried to reach which application from which device, and whether that was allowed.
//
//	client, err := opswat.New(opswat.ClientCredentials(key, secret))
//	if err != nil {
//		return err
//	}
//	today := time.Now().UTC().Truncate(24 * time.Hour)
//	query := opswat.ActivityQuery{StartDate: today.AddDate(0, 0, -7), EndDate: today}
//	for a, err := range client.Activities(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.Timestamp, a.Action, a.AppUser, a.AppName)
//	}
//
// # What the account needs
//
// An OAuth application, registered in the console of Central Management: its client key and client secret are what
// [ClientCredentials] takes. An application of the older kind, which acts for a person who consented to it once, has a refresh token
// beside them ([RefreshToken]). A program that gets access tokens from elsewhere uses [AccessToken]. Accounts that do not live on
// https://gears.opswat.com name their host with [activity.WithBaseURL]; it serves tokens and activities alike.
//
// # The quota
//
// The service allows ten requests a minute for this API and account: 500 records a minute, 720,000 a day. Every client therefore
// comes with a limiter that never lets an eleventh request into any span of 60 seconds, repetitions included, and sends the first
// ten at once (see [activity.WindowLimiter]). The limiter belongs to the [Credentials] value: clients that share the value share
// the quota. Two values, or two processes, know nothing of each other, and a new process knows nothing of what an earlier one has
// used; [activity.WithRateLimiter] puts a limiter in its place that several machines can share. Token requests are not counted,
// since the vendor does not say that they are.
//
// # What a list guarantees
//
// Activities have no id, and the service pages by number, newest first as far as its sample shows. Pages are requested strictly one
// after the other. While a list is read:
//
//   - An activity that is there for the whole walk is delivered at least once. An activity that arrives pushes all older ones back by
//     one place, so k arrivals between two requests make the later page begin with the last k records of the earlier one once more.
//     Nobody can tell these from records that are alike by nature, so they are delivered.
//   - Activities that arrive above the place being read are not delivered; a later walk has them.
//   - If the service removed activities from among the newer ones, as many at the next joint between two pages would be skipped. It is
//     not documented to do that: what falls out of an age or of the service's own retention is at the old end, which moves nothing.
//
// A page that is shorter than asked for ends the list without another request, since requests are what is scarce. So does 200 with an
// empty array, and 413, with which the service answers a page beyond the last: on the first page it means an empty list. A service
// that answers every page number with the same rows is given up with [activity.ErrCursorLoop] once 500 rows were repeated.
//
// # Oddities of the service, and what is done about them
//
//   - Without dates and without an age the service looks back 24 hours. That is its default, not this package's.
//   - It takes whole days in UTC and whole hours of age. Finer bounds are widened, never narrowed, and nothing is filtered afterwards: a
//     list may begin before StartDate and end after EndDate. Compare Timestamp where that matters.
//   - Its pages contradict each other about 406: "more records than limit" in one place, "limit above 50" in another. Here it is an error
//     of the caller ([activity.ErrInvalid]), never the end of a list and never a sign of more.
//   - It takes the access token in the URL's query. This package adds it behind everything that a program can see: it stands in no error,
//     no log line, no header, and not in the request that middleware gets. [activity.WithTransport] and net/http/httptrace are behind
//     that point and do see it.
//   - Its timestamps name no zone. UTC is assumed; ActivityQuery.Location overrides that.
//
// The service is documented as version 3.0 of the API, last changed in 2018 and still the newest. Package opswattest has a fake of it
// for tests.
package opswat
