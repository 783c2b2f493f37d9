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
// # What the account needs
//
// A client needs the organization's name, and either the name and password of a user or service
// account ([Basic]) or JSON Web Tokens from the organization's identity provider ([Bearer]).
//
// Any account works, but a list has only what the account may read. Activities of other projects
// are left out without notice. Administrators of the environment see all activities.
//
// A locked account, and one whose password has expired, cannot use Basic. An organization can
// switch Basic off. The service then answers 403 even to the right password, which is
// [activity.ErrForbidden]; wrong credentials are [activity.ErrUnauthorized].
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
//   - What was delivered before such an error is good. Read the list again.
//   - An activity that comes in or vanishes in the meantime is delivered once or not at all.
//   - An activity is left out only because its own id, or without one its bytes, was delivered.
//   - No order is assumed (probe: snaplogic.order), nor that activities of the same instant keep
//     theirs (probe: snaplogic.ties).
//   - If delivered activities vanish, one of the last 1000 has to remain, or of the last two pages
//     if they have more; after a cursor, one of the last 17. If fewer were delivered, all may
//     vanish.
//   - [activity.WithPrefetch] requests pages concurrently, and changes nothing of this.
//
// # Requests and limits
//
// The vendor publishes no rate limit. A 429 with Retry-After is obeyed. There is no limiter by
// default; see [activity.WithRateLimit].
//
// If the service lists fewer activities in a page than were requested, the list takes more requests
// and loses nothing. How large an offset may be is not documented (probe: snaplogic.offset).
//
// The service gives up on a request after 15 minutes, and the client after one. Large pages may
// need more; see [activity.WithAttemptTimeout].
//
// # Where the documentation contradicts itself
//
//   - It says that Asset needs ProjectSpace and Project, but an example sends it without them
//     (probe: snaplogic.asset). Asset is sent in any case. Project without ProjectSpace is refused.
//   - It shows a page inside response_map, and later without it (probe: snaplogic.envelope). Both
//     are read.
//   - It has the status in the body, as http_status_code, and in the header X-SL-StatusCode
//     (probe: snaplogic.status). Each of them counts like the HTTP status.
//   - It says that limit in a response is the page size of the request, and elsewhere that it is
//     the number of activities in the page (probe: snaplogic.limit). It is not read.
//   - It says that a query without IsAlert returns alerts and everything else. A later page can be
//     read as if alerts were left out (probe: snaplogic.alerts).
//   - Later pages list 18 more event types and the parameter of AdminUpdate. There may be more
//     event types (probe: snaplogic.events).
//   - It has a template "Authorization: Bearer Token …", but the text has no word Token. None is
//     sent.
//   - It wants Content-Type: application/json on every request, although no request has a body. It
//     is sent.
//
// Whatever the vendor leaves open is marked with a question, such as (probe: snaplogic.start). The
// program examples/probe asks your account these questions. It only reads.
//
// # Testing
//
// Package [github.com/activity-sdk/activity/snaplogic/snaplogictest] has a fake of the service.
package snaplogic
