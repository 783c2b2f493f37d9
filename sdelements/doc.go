// Package sdelements reads the activities of SD Elements, Security Compass's platform for secure
// design: who logged in, who created, changed or deleted which project, application, task, user or
// group, and when.
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
// [Activity.Event] returns an activity in words that all vendors share.
//
// # What the account needs
//
// The address of the server, one for each customer, and an API key that a user creates in SD
// Elements ([Token]). The key is shown once; that it expires is not documented. User name and
// password work too ([Basic]). There is no Bearer token for this API. Which activities an account
// sees depends on its role.
//
// Plain http is answered with a redirect, which is not followed. Use https in the address.
//
// # The lists
//
// [Client.Activities] has everything that the account may see, log-ins and log-outs included.
// [Client.ProjectActivities] has what is about one project.
//
// [Client.UserActivities] is not what the user did. It has what concerns the user: done by the
// user, done to the user, or done in projects that the user is in. Log-ins and log-outs are left
// out. For what a user did, use Activities with Actor.
//
// [Client.UserActivityStream] and [Client.ProjectActivityStream] read the same from newer
// endpoints. They page by opaque cursors and do not count. How they answer a cursor that they do
// not know is not documented (probe: sdelements.cursor). Text in them is Markdown: *name*, and
// links that begin with /activity-redirect/.
//
// Without bounds a stream most likely covers one year: the vendor's example does
// (probe: sdelements.stream). Streams answer with the bounds that they used. If these are narrower
// than what was asked for, the logger gets a warning, once for each walk. If DateFrom or DateTo
// asked for more, the list also ends with [activity.ErrInvalid], after its last page.
//
// # What a list guarantees
//
//   - No id is delivered twice, also in a walk that is resumed from a cursor.
//   - What is there from the first request to the last is delivered, or the list ends with
//     [activity.ErrListChanged]. What was delivered until then is good; read the list again.
//   - What happens after the first answer may be left out. A later walk has it.
//   - An activity is left out only because its own id was delivered. No order is assumed
//     (probe: sdelements.order).
//   - An activity without a readable id may come again if it moves.
//   - A list ends where no further page is linked, and not at a short or empty page.
//
// Rows that come again (probe: sdelements.ids) and the service's count (probe: sdelements.count)
// show what moved. Two things can hide: activities that vanish while others with earlier dates are
// listed late, which leaves the count as it was, and an id that the service itself lists at two
// places far apart. Then an activity may be missing, or an id may come twice. As far as the vendor
// documents, nothing deletes activities.
//
// Pages are requested one after the other. With [activity.WithPrefetch], one page is loaded while
// the one before it is used, never more. A cursor continues with the page size that it was made
// with.
//
// Where activities vanish while a list is read, pages are read again, up to eight at once. That
// costs a request or two.
//
// # Oddities of the service, and what is done about them
//
//   - Without page_size it may answer with everything at once, and without count, next and
//     previous. The parameter is always sent.
//   - "next" is an absolute URL as the server sees itself, which behind a proxy is another host or
//     plain http (probe: sdelements.links). It only says where the next page begins. Its scheme,
//     host, path and filters are not used, and nothing is ever sent there.
//   - A date in a query that has no Z is taken for local time (probe: sdelements.zone). Dates are
//     always sent in UTC with a Z.
//   - All requests are asked to carry Content-Type: application/json, although they have no body.
//     They do.
//   - User ids are numbers in queries and mostly texts ("U7") in data; old activities have numbers
//     there, too. Data.User is a text. Old activities have no log_level either.
//   - What the rest of the API calls a library task is a "standard" here.
//   - While it is maintained, its proxy answers 503 with an HTML page. That is repeated as any
//     failure of a server. HTML with status 200, a login page in front of the service, is
//     [activity.ErrMalformed] and never an empty list.
//   - URLs longer than 8 KB are not taken. A query that makes one is refused before it is sent.
//
// No quota is documented, nor how the service answers when one is exceeded. A 429 with Retry-After
// is expected and obeyed. No limiter is set by default; see [activity.WithRateLimiter].
//
// What the vendor leaves open is marked with a question, as in (probe: sdelements.stream). The
// program examples/probe asks an account of yours these questions. It only reads.
//
// Package sdelementstest has a fake of the service for tests.
package sdelements
