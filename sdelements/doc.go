// Package sdelements reads the activities of SD Elements, Security Compass's platform for secure
// design: who logged in, and who created, changed or deleted which project, application, task, user
// or group.
//
//	client, err := sdelements.New("https://example.sdelements.com", sdelements.Token(key))
//	if err != nil {
//		return err
//	}
//	query := sdelements.ActivityQuery{DateFrom: time.Now().AddDate(0, 0, -7)}
//	for a, err := range client.Activities(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.Date, a.Name, a.Actor, a.Data.ProjectDesc, a.Text)
//	}
//
// What [Activity] shares with the records of other vendors (Raw, Problems, Event, Detach and the
// JSON methods) is described in package [activity].
//
// A note such as (probe: sdelements.stream) marks what the vendor leaves open. The program
// examples/probe finds the answers for your account. It only reads.
//
// # What the account needs
//
// A client needs the address of your server and an API key. A user creates the key in SD Elements,
// which shows it once ([Token]). Whether a key expires is not documented. User name and password
// work too ([Basic]). There are no Bearer tokens for this API. The role of the account decides
// which activities it sees.
//
// Use https in the address: the service redirects plain http, and redirects are not followed.
//
// # The lists and the feed
//
// [Client.Activities] has every activity that the account may see, log-ins and log-outs included.
// [Client.ProjectActivities] has those of one project. [Client.Activity] reads one by its id, and
// [Client.ActivityFeed] delivers activities as they happen.
//
// [Client.UserActivities] is not what the user did. It is what concerns the user: done by the user,
// done to the user, or done in projects that the user is in. Log-ins and log-outs are left out. For
// what a user did, use Activities with Actor.
//
// [Client.UserActivityStream] and [Client.ProjectActivityStream] read the same activities from
// newer endpoints, which page by opaque cursors and do not count.
//
// # What a list guarantees
//
// Except in two rare cases, which [Client.Activities] describes, this holds:
//
//   - Every activity that is there from the first request to the last is delivered, or the list
//     ends with [activity.ErrListChanged].
//   - What was delivered before such an error is good. Read the list again.
//   - No id is delivered twice, even if a list is resumed from a cursor.
//   - An activity with an id is skipped as a repeat only if that id was delivered. No order is
//     assumed (probe: sdelements.order).
//   - Activities that happen after the first response may be missing. A later read has them.
//   - An activity without a readable id may be delivered again if it moves to another page.
//   - A list ends at the page without a link to the next, and not at a short or empty page.
//
// # Requests and limits
//
// Pages are requested one after the other. With [activity.WithPrefetch], one page is requested
// while the one before it is used, never more. If activities vanish while a list is read, up to
// eight pages are read again as one large page. That costs one request, or two if the service does
// not send so large a page.
//
// The vendor documents no quota, nor what the service answers when one is exceeded. If it answers
// 429, the client waits for its Retry-After. There is no limiter by default; see
// [activity.WithRateLimiter].
//
// The service takes URLs up to 8 KB. A query is refused before it is sent if its path and
// parameters are longer than 8,000 bytes, since paging adds to them.
//
// During maintenance the proxy answers 503 with an HTML page. The request is repeated as after any
// failure of a server. HTML with status 200 is a login page in front of the service, and never
// counts as an empty list. The request is repeated too. If that does not help, the error is
// [activity.ErrMalformed].
//
// # Where the documentation contradicts itself
//
//   - It shows the API key in quotes, which are not part of the key. [New] refuses them.
//   - It names the prefixes T and CT for a standard, and its data also has PT1. Every prefix is
//     sent.
//   - It calls a library task a "standard" here, and a library task elsewhere in the API.
//   - It shows users as "U7" in data and as numbers in queries. Old activities have numbers in data
//     too. Data.User is always a string.
//   - Links to the next page name the server as it sees itself: behind a proxy that is another
//     host, or plain http (probe: sdelements.links). Only the parameters that select the page are
//     used, and nothing is ever sent to that host.
//   - It wants Content-Type: application/json on every request, although no request has a body. The
//     header is sent.
//   - It says that dates without a Z are local time (probe: sdelements.zone). Dates are always sent
//     in UTC with a Z.
//   - Without page_size the service may send everything at once, without count, next and previous.
//     page_size is always sent.
//
// # Testing
//
// Package [github.com/activity-sdk/activity/sdelements/sdelementstest] has a fake of the service.
package sdelements
