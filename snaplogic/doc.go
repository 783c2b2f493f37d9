// Package snaplogic reads the activity log of a SnapLogic organization: who signed in, who created,
// changed or moved what, and what happened to the Snaplex nodes. It uses the vendor's public API,
// GET /api/1/rest/public/activities/{organization}.
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
// [Activity.Event] returns an activity in words that all vendors share. [Client.ActivityFeed]
// returns the activities as a feed, for programs that want what is new.
// Package snaplogictest has a fake of the service for tests of programs that use this package.
//
// # What the account needs
//
// A user or a service account signs in with HTTP Basic ([Basic]), or with a JSON Web Token of the
// organization's own identity provider ([Bearer]). Any account may ask. What a list holds depends
// on what the account may read: activities of projects that it has no rights on are missing without
// a sign. Administrators of the environment see all.
//
// An account that is locked, or whose password has expired, cannot use Basic. Credentials that are
// not accepted are [activity.ErrUnauthorized]. An organization can switch Basic off: the service
// then answers 403, [activity.ErrForbidden], also if the password is right.
//
// Organizations outside the default control plane need [activity.WithBaseURL], for instance with
// https://emea.snaplogic.com.
//
// # What a list guarantees
//
// The service pages by offset over a list that changes while it is read. All the same:
//
//   - An activity that is there from the first request to the last comes once.
//   - One that comes in or vanishes meanwhile comes once or not at all.
//   - An activity is left out only because one with its ID, or with its very bytes, was delivered.
//   - Requests after the first are bounded by the service's clock; a cursor keeps that moment.
//   - That needs one to stay of the activities delivered last, if more were delivered than these:
//     1000, or two pages if that is more; 17 after a cursor.
//   - Otherwise the list ends with [activity.ErrListChanged]. What came before is good.
//
// With [activity.WithPrefetch] pages are requested side by side, and all of this holds as it does
// without.
//
// # What the vendor leaves open
//
// Where "probe" stands with a name, examples/probe asks your account about it.
//
//   - Activities are kept for 90 days. Those of a deleted project vanish from the list.
//   - The order is not documented (probe: snaplogic.order). The newest first is likely. If a list
//     does not begin with its newest activities, it has no end but the query's. Whether activities
//     of one instant keep their order is unknown (probe: snaplogic.ties); a list holds either way.
//   - Whether Start and End include activities of that very millisecond is not documented
//     (probe: snaplogic.start), (probe: snaplogic.end). To read spans that join, let them overlap
//     by a second and drop repeats by ID. A feed does that by itself.
//   - How late the service lists activities is not documented (probe: snaplogic.late).
//   - The service's own limit for a request is 15 minutes; an attempt here has one minute. Raise it
//     with [activity.WithAttemptTimeout] if large pages need longer.
//   - Rate limits are not published. A 429 and its Retry-After are obeyed, but there is no limiter
//     by default; see [activity.WithRateLimit].
//   - Page sizes of 1 to 100,000 are documented. If the service lists fewer activities at once than
//     it is asked for, that costs requests and no activities.
//   - The limit in an answer is documented as what was asked for, and elsewhere how many activities
//     came (probe: snaplogic.limit). It is not read.
//   - How far an offset may go is not documented (probe: snaplogic.offset).
//   - An answer's envelope differs between the vendor's pages (probe: snaplogic.envelope): both
//     forms are read. The status in an answer (http_status_code) and the one in its header
//     X-SL-StatusCode count as its own does (probe: snaplogic.status).
//   - Content-Type: application/json is sent, as the vendor asks, although requests have no body.
//   - Asset is said to need ProjectSpace and Project, yet an example of the vendor's sends it
//     without them (probe: snaplogic.asset). It is passed on as it is. Project without ProjectSpace
//     is refused here.
//   - Whether AssetType may be another than the documented ones is unknown
//     (probe: snaplogic.assettype).
//   - Blanks in values are sent as %20, as in the vendor's examples. Whether a plus is one too is
//     unknown (probe: snaplogic.blank).
//   - Whether a parameter that the service does not know is refused is not documented
//     (probe: snaplogic.unknown).
//   - One page says that a query without IsAlert returns alerts and all else; a later one can be
//     read as if it returned no alerts (probe: snaplogic.alerts).
//   - Of AdminUpdate, only true is described (probe: snaplogic.admin).
//   - AdminUpdate and 18 of the event types are on later pages only. There may be more
//     (probe: snaplogic.events).
//   - The fields of an entry depend on its event type. What has no field here is in Activity.Raw.
package snaplogic
