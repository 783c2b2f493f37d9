// Package activity reads the audit logs of four services through one API. It holds what their
// clients share: options, lists, feeds, events, errors and rate limits. Each client is a package of
// its own:
//
//   - [github.com/activity-sdk/activity/aspera]: Aspera on Cloud, its transfers, application
//     events, throughput, volume and file access
//   - [github.com/activity-sdk/activity/snaplogic]: SnapLogic, the activities of an organization
//   - [github.com/activity-sdk/activity/opswat]: OPSWAT Central Management, its access activities
//   - [github.com/activity-sdk/activity/sdelements]: SD Elements, the activities of everybody, of a
//     project, or those that concern you
//
// Each has a fake of its service for your tests:
// [github.com/activity-sdk/activity/aspera/asperatest],
// [github.com/activity-sdk/activity/snaplogic/snaplogictest],
// [github.com/activity-sdk/activity/opswat/opswattest] and
// [github.com/activity-sdk/activity/sdelements/sdelementstest].
//
// # Lists
//
// Make a client from credentials, ask it for a list, range over the list:
//
//	client, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", password))
//	if err != nil {
//		return err
//	}
//	yesterday := snaplogic.ActivityQuery{Start: time.Now().AddDate(0, 0, -1)}
//	for a, err := range client.Activities(yesterday).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.CreateTime, a.Sentence())
//	}
//
// Making a client or a list sends nothing. The range sends a request for each page when it gets
// there, and none after the loop has ended. A [List] can also be read by pages ([List.Pages]), into
// memory ([List.Collect]), or from a stored cursor ([List.From]).
//
// # Feeds
//
// A [Feed] reads the same records by time: what is new since the last run, each record once, even
// after a crash or a restart. [Feed.CatchUp] reads up to the present, for a program that runs now
// and then. [Feed.Follow] goes on from there, for one that stays. Both yield batches of records,
// each with a [Checkpoint] to store together with them. The next run begins at the stored one.
//
// # Events
//
// Records that say who did what have a method Event. It returns an [Event]: what happened, in words
// that all vendors share. [Events] makes a feed of them, so that feeds of all vendors fit into one
// slice. [Event.OCSF] returns one in the form of the Open Cybersecurity Schema Framework.
//
// # Records
//
// Every record has the vendor's fields as Go values, and these fields and methods:
//
//   - Raw is the record's bytes as the service sent them. It shares memory with its page: do not
//     change it.
//   - Problems names what did not fit: a member of another type than its field. See [FieldProblem].
//   - Detach returns a copy of the record with its own Raw. A record keeps its whole page in memory
//     through Raw. A detached one does not, nor does one whose Raw is nil. Strings have their own
//     memory.
//   - MarshalJSON returns Raw, compacted, with the members of changed fields replaced. It leaves
//     out the member of a field that was changed to zero. A record without Raw is an object of its
//     non-zero fields.
//   - UnmarshalJSON fills the fields, Raw and Problems. It fails only for what is not JSON. A
//     missing or null member leaves its field zero. So does a member of another type, and Problems
//     names it.
//
// # Options
//
// All clients take the same options: [WithRetry], [WithAttemptTimeout], [WithRateLimiter],
// [WithRateLimit], [WithMiddleware], [WithTransport], [WithLogger], [WithUserAgent], [WithBaseURL],
// [WithMaxResponseBytes], [WithPrefetch], [WithTenant] and [WithInsecureHTTP]. Without options a
// client makes up to five attempts per call, each of at most a minute, on a connection pool that
// all clients share.
//
// [WithTenant] names the account. Errors and logs contain the name, and cursors and checkpoints fit
// only this account. In middleware and limiters, [CallFrom] returns the call that a request belongs
// to.
//
// # Errors
//
// Every failure of the SDK is an [*Error]. Test for its kind, such as [ErrUnauthorized], with
// errors.Is. Get the Error itself with errors.As, for its status, message, request id and how long
// the service asks to wait. [Error.Temporary] reports whether trying later may help. A range yields
// an error once, as its last step. What it yielded before is good.
//
// # What is guaranteed
//
// Every record once. A feed yields each record once. So does a list, unless rows move while it is
// read: each vendor's package says what is guaranteed then. Where a move is noticed and cannot be
// followed, the list ends with [ErrListChanged]. A list yields no record before it has received and
// understood the record's whole page. It accepts JSON under any content type. A short page never
// ends a list by itself. An empty one does only where the service marks the end in no other way. A
// link that was followed before ends the list with [ErrCursorLoop].
//
// No secret leaked. Credentials are in no error, log or text form, middleware does not see them,
// and they are sent to no origin except the configured one. Removing them from an error does not
// change its kind. New refuses secrets with white space around them. Only [WithTransport] and
// net/http/httptrace see requests as they are sent.
//
// Rate limits respected. Every attempt waits for the limiter, retries included. After a 429, all
// clients that share the credentials wait until Retry-After has passed. OPSWAT's clients keep to
// ten requests a minute by default ([WindowLimiter]).
//
// No surprise. The end of the context ends every wait at once. Bodies and waits are bounded. The
// SDK reads nothing from the environment except proxy settings. A connection on which an attempt
// ran out of time gets no further request, unless the transport is yours. No goroutine outlives the
// range that started it, with two exceptions:
//
//   - A request that may replace OPSWAT's refresh token continues even if nobody waits for it any
//     longer, since its response may hold the only copy of the new token. It ends with that
//     response or with its last attempt (see [WithRetry] and [WithAttemptTimeout]).
//   - A call of your own token source ends when its Token returns, since Token takes no context.
package activity
