// Package snaplogic reads the activity log of a SnapLogic organization: who created, changed, moved or ran what, who signed in, what
// happened to the Snaplex nodes. It is the vendor's public API GET /api/1/rest/public/activities/{organization}.
//
// # A program
//
//	client, err := snaplogic.New("My Organization", snaplogic.Basic("auditor@example.com", password))
//	if err != nil {
//		return err
//	}
//	list := client.Activities(snaplogic.ActivityQuery{Start: time.Now().Add(-24 * time.Hour)})
//	for a, err := range list.All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.CreateTime, a.Sentence())
//	}
//
// The account is a user or a service account that may read what it asks for. It signs in with HTTP Basic ([Basic]) or with a JSON Web
// Token of the organization's own identity provider ([Bearer]). An organization can switch Basic off: the service then answers 403,
// [activity.ErrForbidden], however right the password is. Organizations outside the default control plane need
// [activity.WithBaseURL], for instance with https://emea.snaplogic.com.
//
// # What a list guarantees
//
// The service pages by offset, over a list that moves: new activities push the others further back, and when a project is deleted its
// activities vanish. Read naively, such a list repeats rows and, worse, skips them without a sign. This package does neither:
//
//   - The end of the list is pinned when a walk begins: at the query's End or at that moment, whichever is earlier. A cursor keeps it.
//   - Each page after the first begins with the row that was delivered last. If that is not where it should be, what came in between
//     is worked out from the ids, and if need be the list is searched for the place. That costs requests; a list at rest does not.
//   - So each activity that exists during the whole walk comes exactly once, in the service's order, however many are inserted at the
//     head, and as long as, between one page and the next, not more than W consecutive delivered activities vanish that were delivered
//     last. W is 1000, or twice the page size if that is more; where a walk was resumed from a stored cursor it is 16, until more were
//     delivered. If the walk had delivered fewer than that at all, any number may vanish.
//   - Beyond that, and where the service promises activities that it does not give, the walk ends with [activity.ErrListChanged]. It
//     never goes on with a gap. What was delivered before is good.
//   - An activity that appears or vanishes during the walk comes once or not at all.
//
// This rests on the ids (an activity without _id is delivered, but cannot mark a place), and on rows that stay keeping their order.
// Two activities of the same microsecond, should the service list them now this way and now that, are the one thing that could be
// missed; nothing in the vendor's documentation says that it does, or that it does not.
//
// With [activity.WithPrefetch], as many pages as that are on their way while one is used: the first page says how many activities there
// are, so that it is known where each page begins. All of the above holds as it does without. Pages are joined in their order, by their
// ids, and one that does not join, since the list changed while it was on its way, is requested again. While the list is at rest, pages,
// cursors and the number of requests are the same; a change costs the pages that were on their way in vain. Where the service does not
// say how many activities there are, one page is loaded ahead.
//
// # What the vendor's pages leave open
//
//   - Activities are kept for 90 days. Those of a deleted project vanish from the list.
//   - The order is not documented. Newest first is likely, and nothing here depends on it.
//   - Whether Start and End include activities of that very millisecond is not documented. To read slices that join, let them
//     overlap by a second and drop repeats by ID.
//   - Rate limits are not published. A 429 and its Retry-After are obeyed, but there is no limiter by default; see
//     [activity.WithRateLimit].
//   - The answer's wrapping differs between pages: both forms are read. Where an answer has an HTTP status inside (http_status_code),
//     it counts as if it were the answer's own.
//   - Asset is said to need ProjectSpace and Project, yet an example of the vendor's sends it without: it is passed on as it is.
//     Project without ProjectSpace is refused here.
//   - filter_snaplogic_admin_update and 18 of the event types stand on later pages only.
//   - The fields of an entry depend on its event type. What this package has no field for is in Activity.Raw.
//
// Package snaplogictest has a fake of the service for tests of programs that use this package.
package snaplogic
