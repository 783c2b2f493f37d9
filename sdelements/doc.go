// Package sdelements reads the activities of SD Elements, Security Compass's platform for secure design: who logged in, who created,
// changed or deleted which project, application, task, user or group, and when.
//
//	client, err := sdelements.New("https://example.sdelements.com", sdelements.Token(key))
//	if err != nil {
//		return err
//	}
//	query := sdelements.ActivityQuery{DateFrom: time.Now().AddDate(0, 0, -7), DateTo: time.Now()}
//	for a, err := range client.Activities(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.Date, a.Name, a.Actor, a.Data.ProjectDesc, a.Text)
//	}
//
// # What the account needs
//
// The address of the server, one for each customer, and an API key that a user creates in SD Elements ([Token]); user name and password
// work too ([Basic]). Which activities an account sees depends on its role. Plain http is answered with a redirect, which is not
// followed, so give the address with https.
//
// # What a list guarantees
//
// The service pages by number, so that each activity that comes in while a list is read pushes all older ones one place on, and a later
// page begins with what an earlier one ended with. Pages are requested one after the other, unless [activity.WithPrefetch] is above 1 and
// DateTo has passed (see below). Over one walk, and over one that is resumed from a cursor as well:
//
//   - No id is delivered twice.
//   - An activity that is there from the first request to the last is delivered, in the service's order, however many come in.
//   - Activities that come in while the list is read may be left out. A later walk has them, and DateTo, set to a time that has passed,
//     keeps them out of the list altogether.
//
// All this holds for any number of activities that come in, as long as the list is ordered: each page and each joint between two pages
// keeps to dates that do not rise, or to ids that fall. Either is enough. Every example of the vendor is ordered so, newest first, but
// no page of it promises that. In a list with neither order, and in one that is read with a parameter "ordering", the same holds as long
// as no more activities come in between two requests than are remembered: those delivered so far, at most 1000 or two pages, whichever
// is more, and 16 from a cursor. Beyond that the list ends with [activity.ErrListChanged], if the service counts its activities; if it
// does not, some can repeat. The same numbers bound how many activities of one and the same instant are told apart where only the dates
// are ordered. One activity alone shows no order, so PageSize 1 is better avoided.
//
// What is not guaranteed:
//
//   - Activities that vanish from the newer part of a list while it is read pull all older ones forward, and as many are skipped at the
//     next joint. No call deletes activities as far as the vendor documents; what a retention period takes away is at the old end, where
//     it does no harm, unless exactly as many come in before the second request as are taken away: that hides them from the count, and
//     the list may then look like one without an order.
//   - A record without a readable id is never left out, so that it can come again.
//
// A list ends where "next" is null, empty or missing, or with 404 "Invalid page." behind a link. A page that is short or empty does not
// end it. A cursor continues with the page size that it was made with. The lists with Stream in their name are documented to page by
// opaque cursors, which nothing that comes in disturbs.
//
// # Several pages at once
//
// With [activity.WithPrefetch] above 1, pages are requested side by side if the list cannot grow: DateTo had passed, by the local clock,
// when the list was made, the service numbers its pages and counts its activities, and no "ordering" is asked for. Everywhere else one
// page is on its way while one is used. The service can answer requests that are under way together in any order, so a page may show the
// list as it was before the page in front of it. Numbered pages do not overlap, so what is checked is this:
//
//   - A page that was loaded ahead is taken if the service counts as many activities with it as with the page before, and if it holds none
//     that was delivered. Otherwise it is requested again in its turn. So nothing is repeated or lost however many come in after all,
//     because they were committed late for instance.
//   - As many that come in as vanish at the old end, while several pages are on their way, leave the count as it is. The next page that is
//     requested in its turn shows it, as the last one always is, and the list ends with [activity.ErrListChanged]; activities may then
//     be missing among those delivered. A cursor remembers that this is still to be seen, so that a walk resumed from it ends likewise:
//     read the list again.
//
// The count and the rows of one answer are taken for those of one instant.
//
// # Oddities of the service, and what is done about them
//
//   - Without page_size it may answer with everything at once, and without count, next and previous. The parameter is always sent.
//   - "next" is an absolute URL as the server sees itself, which behind a proxy is another host or plain http. Its query alone is used,
//     on the configured address; its scheme, host and path are not, and nothing is ever sent there.
//   - A date in a query that has no Z is taken for local time. Dates are always sent in UTC with a Z.
//   - User ids are numbers in queries and mostly texts ("U7") in data; old activities have numbers there, too. Data.User is a text.
//   - What the rest of the API calls a library task is a "standard" here.
//   - While it is maintained, its proxy answers 503 with an HTML page. That is repeated as any failure of a server; HTML with status 200,
//     a login page in front of the service, is [activity.ErrMalformed] and never an empty list.
//   - URLs longer than 8 KB are not taken. A query that makes one is refused before it is sent.
//
// The service is documented as version 2 of the API. How it answers an exceeded quota, and which quota there is, is not: a 429 with
// Retry-After is expected and obeyed, and no limiter is set by default (see [activity.WithRateLimiter]). Package sdelementstest has a
// fake of it for tests.
package sdelements
