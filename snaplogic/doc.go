// Package snaplogic reads the activity log of a SnapLogic organization: who logged in, who created,
// changed, moved or deleted what, and what happened to the Snaplex nodes.
//
//	client, err := snaplogic.New("My Organization", snaplogic.Basic("svc@example.com", password))
//	if err != nil {
//		return err
//	}
//	query := snaplogic.ActivityQuery{Start: time.Now().AddDate(0, 0, -1)}
//	for a, err := range client.Activities(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.CreateTime, a.Sentence())
//	}
//
// What [Activity] shares with the records of other vendors (Raw, Problems, Event, Detach and the
// JSON methods) is described in package [activity].
//
// A mark such as (probe: snaplogic.start) names a question that the vendor leaves open. The program
// examples/probe asks your account these questions. It only reads.
//
// # What the account needs
//
// A client needs the organization's name, and either the name and password of a user or service
// account ([Basic]) or JSON Web Tokens from the organization's identity provider ([Bearer]).
//
// Any account works, but a list has only what the account may read. The service leaves out the rest
// without notice. Administrators of the organization see all activities.
//
// Basic fails for an account that is locked or whose password has expired; with which error is not
// documented. An organization can switch Basic off. The service then answers 403 even to the right
// password, which is [activity.ErrForbidden]; wrong credentials are [activity.ErrUnauthorized].
//
// The address is https://elastic.snaplogic.com. For another control plane, such as
// https://emea.snaplogic.com, use [activity.WithBaseURL].
//
// # The list and the feed
//
// [Client.Activities] returns the activities that match a query. [Client.ActivityFeed] delivers
// activities as they happen.
//
// The service keeps activities for 90 days. If a project is deleted, its activities vanish too.
//
// # What a list guarantees
//
//   - Every activity that is there from the first request to the last is delivered once, or the
//     list ends with [activity.ErrListChanged].
//   - What was delivered before that error is valid. For the rest, read the list again from the
//     start.
//   - An activity that comes in or vanishes in the meantime is delivered once or not at all.
//   - The list skips an activity only if its id was already delivered, or its bytes if it has no
//     id.
//   - The list relies on no order (probe: snaplogic.order). Activities of the same instant may
//     change places between requests (probe: snaplogic.ties). If they do after a cursor, the list
//     ends with [activity.ErrListChanged] unless the newest activities come first, and at most 17
//     of the instant that was read last were delivered. It may end so, too, if the service lists
//     only a few activities in a response, or no total. If the newest do not come first, it may, in
//     rare cases, deliver an activity twice or not at all, without an error.
//   - The list finds its place by the last 1000 delivered activities, or those of the last two
//     pages if they are more; after a cursor, by the last 17. If all of these vanish, it ends with
//     [activity.ErrListChanged], unless no others were delivered or the list is empty.
//   - [activity.WithPrefetch] requests pages concurrently, and changes nothing of this.
//
// # Requests and limits
//
// The vendor publishes no rate limit. A 429 is retried as [activity.RetryPolicy] allows. There is
// no limiter by default; see [activity.WithRateLimiter].
//
// If the service lists fewer activities in a page than were requested, the list takes more requests
// and loses nothing. How large an offset may be is not documented (probe: snaplogic.offset).
//
// The service ends a request after 15 minutes, and the client ends it after 1 minute by default.
// Large pages may need more; see [activity.WithAttemptTimeout].
//
// # Where the documentation contradicts itself
//
//   - It says that Asset needs ProjectSpace and Project, but an example sends it without them
//     (probe: snaplogic.asset). Asset is sent in any case. Project without ProjectSpace is refused.
//   - An older document shows entries inside response_map, a newer one without it
//     (probe: snaplogic.envelope). Both are read.
//   - It has the status in the body, as http_status_code, and in the header X-SL-StatusCode
//     (probe: snaplogic.status). A call fails if either of them, or the HTTP status, is an error.
//   - It says that limit in a response is the page size of the request, and elsewhere that it is
//     the number of activities in the page (probe: snaplogic.limit). It is not read.
//   - It says that a query without IsAlert returns alerts and everything else. A newer document
//     suggests that alerts are left out (probe: snaplogic.alerts).
//   - Newer documents list 18 more event types and the parameter of AdminUpdate. There may be more
//     event types (probe: snaplogic.events).
//   - It has a template "Authorization: Bearer Token …", but its text does not mention the word
//     Token. The word is not sent.
//   - It wants Content-Type: application/json on every request, although no request has a body. It
//     is sent.
//
// # Testing
//
// Package [github.com/activity-sdk/activity/snaplogic/snaplogictest] has a fake of the service.
package snaplogic
