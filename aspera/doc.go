// Package aspera reads the Activity API of IBM Aspera on Cloud: transfers and their files,
// application events, throughputs, volumes, and who has access to files.
//
//	credentials := aspera.JWT(aspera.JWTConfig{Organization: "acme", ClientID: id, ClientSecret: secret, PrivateKey: pem, User: "ada@example.com"})
//	client, err := aspera.New(credentials)
//	…
//	for transfer, err := range client.OwnOrganization().Transfers(aspera.TransferQuery{Start: start, Stop: stop}).All(ctx) {
//		…
//	}
//
// [JWT] has the SDK request access tokens with a signed assertion; [Bearer] takes them from
// wherever a program has them. The address is the production's unless activity.WithBaseURL says
// otherwise: see [BaseURL].
//
// # What it takes
//
// The service needs the Advanced or the Enterprise Edition of Aspera on Cloud. The user in whose
// name the program acts must be a member of the Activity app, which an administrator enables in the
// Admin app. Every member, administrator or not, sees the data of the whole organization (IBM Docs,
// "Enabling the Activity app"): guard the program's credentials accordingly.
//
// What a user gets who is not a member is not documented. It may be activity.ErrForbidden; APIs on
// the same host answer 401, which is activity.ErrUnauthorized, where a permission is missing (IBM
// Aspera on Cloud API 0.2.6).
//
// Transfers are known to the service only if the node reports them. A node must run High-Speed
// Transfer Server 3.9.3 or later, and a tethered one must be set up for it: its access key has the
// settings aej_logging, activity_event_logging and recursive_counts (IBM Docs, "Architecture and
// components of the activity app", and the server's manual).
//
// # What to ask for
//
// Everything belongs to a [Resource]: an organization, a user, a node or a workspace. Most
// programs read [Client.OwnOrganization]. The vendor names four questions:
//
//   - Is someone using an excessive amount of bandwidth? [Resource.Transfers]
//   - Which workspaces transfer the most data? [Resource.VolumeUsage]
//   - Who has access to a file? [Resource.SearchFileAccess]
//   - Does a user log in often enough to justify an account? [Resource.ApplicationEvents]
//
// The package's examples answer each. Beside these there are single transfers
// ([Resource.Transfer]), the files of a transfer ([Resource.TransferFiles]), the rates of downloads
// and uploads ([Resource.EgressThroughputs], [Resource.IngressThroughputs]), and all accesses to
// files ([Resource.FileAccess]). To get what is new again and again, follow [Resource.TransferFeed]
// or [Resource.ApplicationEventFeed].
//
// [Transfer.Event] and [ApplicationEvent.Event] say what happened in words that all vendors share,
// as far as the record says it.
//
// # What is guaranteed
//
//   - A list ends where a page has no link to the next one. Short and empty pages do not end it.
//   - An answer without a list of records is activity.ErrMalformed, never an empty page.
//   - A link that comes twice in one walk is activity.ErrCursorLoop.
//   - A link to another scheme, host or port is activity.ErrForeignOrigin, and nothing is sent there.
//   - A member that does not fit its field costs nothing else: see Problems. Raw has what was sent.
//   - A feed delivers each state of a transfer, and each application event, once.
//
// # Paging
//
// A link to the next page names a row by its key and not by its number, so rows that come or go
// while a list is read do not move it. That is inferred from the links in the vendor's samples (the
// guide in LauraKirby/aspera-ibm-analytics-api), each of which holds the session start, the UUID
// and the direction of the last row of its page. In which order records come is not documented
// (probe: aspera.order): in those samples weeks ascend, and within a week the latest session comes
// first.
//
// The page size is not sent unless a query names one, since the service's default differs by
// endpoint. Its maximum is not documented (probe: aspera.limit). 100 is known to work: the vendor's
// command line client (IBM/aspera-cli) asks for it in every list.
//
// A transfer's UUID is not unique: it may come once sent and once received, and a transfer that
// still runs changes later. UUID, Direction, SessionStart and UpdatedAt together identify a state
// of a transfer. One action of a user may make several transfers (IBM Docs, "Monitor transfers").
//
// # Bounds of time
//
// The manual of IBM's aspera-cli says that the service accepts 5 minutes to 6 months between Start
// and Stop (probe: aspera.window). [Windows] cuts a longer span. For transfers the bounds most
// likely mean the session's start, which is inferred from the order of the vendor's samples.
// Whether a record of the very instant of a bound is included is not documented (probe:
// aspera.start, aspera.stop): feeds and Windows ask for a millisecond more.
//
// # Direction
//
// [Direction] is most likely the node's view, since it is nodes that report transfers: "receive"
// would be an upload by the client and "send" a download. That is inferred and not documented
// (probe: aspera.direction): do not present it as a fact.
//
// # What is not documented
//
// The shape of answers is fully known for transfers, and by name for application events. For the
// rest the vendor documents what an answer is about, but not what its members are called. Fields of
// those records are guesses and say so (probe: aspera.shapes); Raw always has what the service
// sent. The array of records may have another name, if it is the only array, or stand alone.
//
// What the service does with a parameter that it does not know, as in a query's Extra, is not
// documented either (probe: aspera.errors). APIs on the same host refuse it with 422, which is
// activity.ErrInvalid (IBM Aspera on Cloud API 0.2.6).
//
// Rate limits are not documented. There is no limiter by default. A 429 is waited for as
// activity.RetryPolicy allows.
//
// # Vendor status
//
// The vendor disabled the APIs behind /file_access and /file_access/search on 2024-11-15, and
// nodes' permission events are no longer collected (IBM Docs, "Monitor file access").
// [Resource.FileAccess] and [Resource.SearchFileAccess] are still there for services that answer;
// expect an error, such as activity.ErrNotFound (probe: aspera.search).
//
// # Probe
//
// What is marked "(probe: aspera.…)" is a question that the program examples/probe of this module
// asks an account. It only reads.
//
// # Testing
//
// Package asperatest is a fake of the service that works in memory.
package aspera
