// Package recipes has seven programs that show how to use the SDK. Each is one file of at most 60
// lines to copy, with a test that runs on the fakes. Their arguments are what a main function makes
// from flags and environment variables: clients, a database, a path.
//
//	nightly.go   copies SnapLogic's activities into a table night by night, and resumes after a crash
//	webhook.go   posts each access that OPSWAT blocks to a webhook
//	volume.go    writes Aspera's volume per workspace and month as CSV
//	recent.go    serves the last activities of an SD Elements project over HTTP
//	archive.go   writes any feed as NDJSON, one file per day, each record once
//	fleet.go     follows many accounts at once, with errors per account and metrics per request
//	recorded.go  records what a real service answers, without personal texts, for offline tests
//
// # Recorded answers
//
// A test with [Recorded] asks the real service once, when you record it by hand. From then on it
// runs offline:
//
//	credentials, mode := snaplogic.Bearer(nobody), recorder.ModeReplayOnly
//	if password := os.Getenv("SNAPLOGIC_PASSWORD"); password != "" {
//		credentials, mode = snaplogic.Basic(user, password), recorder.ModeRecordOnly
//	}
//	option, stop, err := recipes.Recorded("testdata/january", mode)
//	…
//	defer func() { require.NoError(t, stop()) }()
//	client, err := snaplogic.New(organization, credentials, option)
//
// The recorder is middleware, and middleware never sees credentials: the file contains neither keys
// nor tokens. Requests for tokens do not pass through middleware either, so a replay needs
// credentials that request no token. For aspera.Bearer, opswat.AccessToken and snaplogic.Bearer,
// that is a static source such as nobody, which is
// oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "nobody"}). SD Elements accepts any
// sdelements.Token. Answers with status 401 are not recorded: a replay does not renew tokens.
//
// # What the file contains
//
// The file has the answers as the service sent them, with these changes:
//
//   - Strings in JSON become "text 1", "text 2" and so on. Equal strings get equal numbers. Only
//     the members in the variable kept stay: times, ids, kinds and links. A member that is not
//     listed is replaced, and so is one that the service adds later. Add what your test looks at.
//   - A listed member stays if its string contains neither an @ nor a backslash. Strings in arrays
//     are always replaced.
//   - A link stays if it is absolute and has the scheme http or https, even with an @ or a
//     backslash. Relative links are replaced, so a replay cannot follow them.
//   - Only the headers that a replay needs stay: those for times, for waits and for SnapLogic's
//     status. Trailers and the text after a status code are dropped.
//   - A body that is not JSON in UTF-8 is dropped, such as an HTML page of a proxy. An answer that
//     was compressed although the client did not ask for it, or that is in another charset, cannot
//     be replayed: the call fails and names the request.
//
// Read the file before you commit it. These stay: numbers (SD Elements' actor, the ids of Aspera's
// users), ids that are strings, the string of a listed member whatever it is, and the names of
// members. Requests stay as the test sends them, with the host, SnapLogic's organization, and a
// person who is named in the query; the service may repeat that name in a link. While you record,
// the test sees the true strings. An assertion on a replaced string therefore holds in replays
// only, and a program that puts such a string into a later request asks for something that was not
// recorded.
//
// # How a replay works
//
// A request is replayed once, if its method, address and body equal those of a recorded request.
// Equal requests are replayed in the order of the recording. For any other request, the call fails
// at once with [activity.ErrInvalid], and the error names the request. A query must therefore not
// depend on the current day: set both of its ends. Do not use time.Now, OPSWAT's StartDate without
// an EndDate, or a feed, which asks for what is new at the time. If a list takes its end from the
// first answer, the recorded Date repeats it. Only the owner can read the file, even if it existed
// and others could read it before. Its folder must exist.
//
// A replay still waits: for Retry-After, between retries, and for OPSWAT's limit of ten requests
// per minute. In a testing/synctest bubble these waits take no time. Use each option for one
// client, and call stop when all of the client's calls have returned. Pass the option after
// middleware that must see the replay, and before middleware that adds headers.
package recipes
