// Package activity holds what the clients for four activity APIs share: options, lists, cursors,
// errors and rate limits. The clients themselves are in packages of their own:
//
//	aspera      Aspera on Cloud: transfers, application events, throughput, volume, file access
//	snaplogic   SnapLogic: the activities of an organization
//	opswat      OPSWAT Central Management: access activities
//	sdelements  SD Elements: activities, of everybody, a user or a project
//
// Beside each stands a fake of the service for your tests: asperatest, snaplogictest, opswattest,
// sdelementstest.
//
// # Five minutes
//
// Make a client from credentials, ask it for a list, range over it:
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
// Making a client or a list sends nothing. Requests are sent while the list is ranged over, a page
// at a time, and stop when the loop does. A [List] can also be read by pages ([List.Pages]), at
// once into memory ([List.Collect]), or from a stored place ([List.From]).
//
// A [Feed] reads the same records by time, each once, from a moment on and through restarts:
// [Feed.CatchUp] reads up to the present and [Feed.Follow] goes on from there. Both yield batches
// with a [Checkpoint] to store beside them.
//
// Records that say who did what have a method Event: what happened, in words that all vendors
// share. [Events] makes a feed of them, so that feeds of all vendors fit into one slice.
// [Event.OCSF] writes one as an event of the Open Cybersecurity Schema Framework.
//
// Every record has the vendor's fields as Go values, the bytes as they were sent (Raw), and what
// did not fit (Problems). Raw is a part of the bytes of its page, not a copy: keeping one record
// keeps its page in memory. Records that are kept for long should be detached (record.Detach
// returns the same record with bytes of its own), or lose their Raw. Strings have memory of their
// own: keeping one keeps nothing else.
//
// # Options
//
// The same options fit all clients: [WithRetry], [WithAttemptTimeout], [WithRateLimiter],
// [WithRateLimit], [WithMiddleware], [WithTransport], [WithLogger], [WithUserAgent], [WithBaseURL],
// [WithMaxResponseBytes], [WithPrefetch], [WithTenant], [WithInsecureHTTP]. Without any of them a
// client makes up to five attempts per call, each of at most a minute, on a connection pool that
// all clients share.
//
// [WithTenant] names the account. Errors and logs say the name, and cursors and checkpoints belong
// to it. Middleware and limiters learn from [CallFrom] which call a request belongs to.
//
// # Errors
//
// What fails, fails with an [*Error]. errors.Is finds its kind (see the Err variables). errors.As
// finds the Error itself, with status, message, request id and how long to stay away.
// [Error.Temporary] reports whether trying later may help. An error inside a range comes once, as
// its last step; what was yielded before it is good.
//
// # What is guaranteed
//
// Every record once: no record is yielded before its whole page was received and understood. An
// answer is read for what it is, whatever its label says. A short page never ends a list by itself,
// an empty one only where the service shows its end in no other way. A link that was followed
// before ends it with [ErrCursorLoop]. What becomes of rows that move while they are read, each
// vendor's package describes exactly; where a move is noticed and cannot be followed, the list ends
// with [ErrListChanged].
//
// No secret leaked: credentials appear in no error, log, text form or middleware, and go to no
// other origin than the configured one. They are removed last, when the kind of an error is
// decided. Secrets with white space around them are refused when a client is made. Only
// [WithTransport] and net/http/httptrace see the wire as it is.
//
// No quota broken: every attempt, retries included, waits for the limiter; a 429 silences all users
// of the same credentials for as long as the service asks; OPSWAT's ten requests a minute are kept
// by default ([WindowLimiter]).
//
// No surprise: the context ends every wait at once, bodies and waits are bounded, nothing is read
// from the environment except proxies, and no goroutine outlives the range that started it, with
// two exceptions. A request that may replace OPSWAT's refresh token goes on when nobody waits for
// it any longer, since its answer cannot be had again; it ends with that answer or with its last
// attempt (see [WithRetry] and [WithAttemptTimeout]). A token source of yours ends when it returns,
// since its Token takes no context. A connection on which an attempt ran out of time gets no
// further request, unless the transport is yours.
package activity
