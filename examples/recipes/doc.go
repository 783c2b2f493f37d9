// Package recipes holds seven programs as one would write them with the SDK, short enough to be
// copied: a file each, with a test on the fakes. They take what main would make of flags and
// environment variables: clients, a database, a folder.
//
//	nightly.go   yesterday's SnapLogic activities into a table, resumed after a crash
//	webhook.go   what OPSWAT blocks, to a webhook as it happens
//	volume.go    Aspera's volume per workspace and month, as CSV
//	recent.go    the last activities of an SD Elements project, as an HTTP handler
//	archive.go   any feed as NDJSON in a file a day, each record once
//	fleet.go     many accounts side by side, with an error for each and metrics per request
//	recorded.go  what a real service answers, recorded without personal texts, for tests offline
//
// # Recorded answers
//
// A test with [Recorded] asks the real service once, by hand, and is offline from then on:
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
// The recorder is middleware, which never sees a credential: the file holds neither keys nor
// tokens. Requests for tokens do not pass through middleware either, so that a replay needs
// credentials that request none. nobody is
// oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "nobody"}), for aspera.Bearer,
// opswat.AccessToken and snaplogic.Bearer; SD Elements takes any sdelements.Token. Answers with 401
// are not recorded, since the renewed token that follows them is missing in a replay.
//
// The file has the answers as they came in, except for this:
//
//   - Texts in JSON become "text 1", "text 2" and so on, the same text the same number. What stays
//     is what the variable kept lists: times, ids, kinds and links. A member that is not listed is
//     blanked, so that what the service adds one day is, too; add what your test looks at.
//   - A listed member stays if its value is a text without an @ and without a backslash. Texts in
//     arrays are blanked, whatever the array's name.
//   - A link stays if it is absolute, with http or https, and may have both. A relative one is
//     blanked, so that a replay cannot follow it.
//   - Of the headers, those stay that a replay needs, for times, waits and SnapLogic's status.
//     Trailers and the words beside a status code are left out.
//   - A body that is not JSON in UTF-8 is left out, such as a proxy's page. An answer that is
//     compressed although nobody asked for that, or in another charset, cannot be replayed: the
//     call ends with what was not recorded.
//
// Read the file before it is committed. Numbers stay (SD Elements' actor, an id of Aspera's users),
// and so do ids that are texts, whatever text a listed member has as its value, names of members,
// and requests as the test makes them: the host, SnapLogic's organization, and a person whom the
// query names, also where the service repeats it in a link. Whoever records sees the true texts, so
// that an assertion on a blanked one holds in the replay alone, and a program that asks on with one
// asks for what was not recorded.
//
// A request is replayed once, if method, address and body are those of the recorded one; requests
// that are alike come in the order of the recording. Any other ends the call at once with
// [activity.ErrInvalid] and says which it was. Hence a query must not depend on the day: fix both
// its ends, in place of time.Now, of OPSWAT's StartDate alone, and of a feed, whose rounds ask for
// what is new when they are read. Where a walk fixes its end by the first answer, the recorded Date
// repeats it. The file is for its owner alone, even if others could read it before; its folder must
// exist.
//
// Waits stay: a pause that the service asked for, the growing waits of retries, OPSWAT's ten
// requests a minute. In a testing/synctest bubble they pass in an instant. One option is for one
// client, and for stop all calls must have returned. Give it after middleware that is to see the
// replay, and before middleware that adds headers.
package recipes
