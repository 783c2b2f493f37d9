// Package aspera reads the Activity API of IBM Aspera on Cloud: transfers and their files,
// application events, throughputs, volumes, and who has access to files.
//
//	client, err := aspera.New(aspera.JWT(aspera.JWTConfig{
//		Organization: "acme", // of acme.ibmaspera.com
//		ClientID:     id,
//		ClientSecret: secret,
//		PrivateKey:   pem,
//		User:         "ada@example.com",
//	}))
//	if err != nil {
//		return err
//	}
//	now := time.Now()
//	query := aspera.TransferQuery{Start: now.AddDate(0, 0, -7), Stop: now}
//	for t, err := range client.OwnOrganization().Transfers(query).All(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(t.SessionStart, t.UserEmail, t.Content, t.TransferredBytes)
//	}
//
// What the records share with those of other vendors (Raw, Problems, Event, Detach and the JSON
// methods) is described in package [activity].
//
// A mark such as (probe: aspera.order) names a question that the vendor leaves open. The program
// examples/probe asks your account these questions. It only reads. What "was seen in working
// programs" is from other clients of the service, such as IBM/aspera-cli, and not documented.
//
// # What the account needs
//
// The organization needs the Advanced or the Enterprise Edition of Aspera on Cloud. The user in
// whose name the program acts must be a member of the Activity app, which an administrator enables
// in the Admin app. Every member sees the data of the whole organization, administrator or not (IBM
// Docs, "Enabling the Activity app"). Guard the program's credentials accordingly.
//
// [JWT] requests access tokens with a signed assertion, for an API client that is registered with a
// public key. [Bearer] takes access tokens from a source of your own. For an organization outside
// of production, pass its [BaseURL] to [activity.WithBaseURL].
//
// The vendor does not document the answer to a user who is not a member. Expect
// [activity.ErrForbidden] or [activity.ErrUnauthorized]: other APIs on the same host answer 401
// where a permission is missing (IBM Aspera on Cloud API 0.2.6).
//
// The service knows only the transfers that nodes report. A node must run High-Speed Transfer
// Server 3.9.3 or later. The access key of a tethered node needs the settings aej_logging,
// activity_event_logging and recursive_counts (IBM Docs, "Architecture and components of the
// activity app", and the server's manual).
//
// # The lists and the feeds
//
// Everything belongs to a [Resource]: an organization, a user, a node or a workspace. Most programs
// read [Client.OwnOrganization]. The vendor names four questions, and the package has an example
// for each:
//
//   - Is someone using an excessive amount of bandwidth? [Resource.Transfers]
//   - Which workspaces transfer the most data? [Resource.VolumeUsage]
//   - Who has access to a file? [Resource.SearchFileAccess]
//   - Does a user log in often enough to justify an account? [Resource.ApplicationEvents]
//
// [Resource.Transfer] reads one transfer, and [Resource.TransferFiles] lists its files.
// [Resource.EgressThroughputs] and [Resource.IngressThroughputs] list the rates of downloads and
// uploads. [Resource.FileAccess] lists who has access to which file.
//
// [Resource.TransferFeed] and [Resource.ApplicationEventFeed] deliver transfers and events as they
// happen.
//
// # What a list guarantees
//
//   - A list ends at a page without a link to the next. Short and empty pages do not end it.
//   - A response without a list of records is [activity.ErrMalformed], and never an empty page. A
//     list that is null counts as empty.
//   - Judging by the links, records that come or go while a list is read do not shift others.
//   - A link that comes twice while a list is read ends it with [activity.ErrCursorLoop].
//   - A link to another scheme, host or port is [activity.ErrForeignOrigin]. Nothing is sent there.
//   - A JSON member that does not fit its field affects no other field. Problems names it.
//   - A feed delivers no state of a transfer twice, and no application event twice.
//
// # Pages
//
// A link to the next page names a row by its key and not by its number, so rows that come or go do
// not move it. That is inferred from the vendor's samples (the guide in
// LauraKirby/aspera-ibm-analytics-api): each link contains the session start, the UUID and the
// direction of the last row of its page.
//
// Of a link, only the place is used: the parameters of the query are sent with each page as they
// are. Whether the service adds to the link the bounds that a query leaves out is not known
// (probe: aspera.link). They would not be sent with the next page, so set both Start and Stop.
//
// In which order records come is not documented (probe: aspera.order). In the samples weeks ascend,
// and within a week the latest session comes first.
//
// The page size is sent only if a query names one, since the service's default differs by endpoint.
// Its maximum is not documented (probe: aspera.limit). 100 works: the vendor's command line client
// (IBM/aspera-cli) asks for it in every list.
//
// # Requests and limits
//
// The vendor documents no quota, and there is no limiter by default; see
// [activity.WithRateLimiter]. A 429 is retried as [activity.RetryPolicy] allows.
//
// According to the manual of IBM's aspera-cli, the service accepts 5 minutes to 6 months between
// Start and Stop (probe: aspera.window). [Windows] splits a longer span.
//
// For transfers, Start and Stop most likely bound the session's start. That is inferred from the
// order of the vendor's samples. Whether they are inclusive is not documented
// (probe: aspera.start, aspera.stop), so feeds and Windows ask for an extra millisecond.
//
// What the service does with a parameter that it does not know, as in a query's Extra, is not
// documented (probe: aspera.errors). Other APIs on the same host answer 422, which is
// [activity.ErrInvalid] (IBM Aspera on Cloud API 0.2.6).
//
// # Where the documentation contradicts itself
//
// The vendor's pages contradict each other and working programs, and leave much open:
//
//   - They list /file_access and /file_access/search. The vendor announced that it would disable
//     the APIs behind them on 2024-11-15, and collect no more permission events of nodes (IBM Docs,
//     "Monitor file access"). [Resource.FileAccess] and [Resource.SearchFileAccess] remain for
//     services that still answer. Expect an error, such as [activity.ErrNotFound]
//     (probe: aspera.search).
//   - They address assertions to https://api.asperafiles.com/api/v1/oauth2/token. Other programs
//     use the host of the API. The documented audience is sent; Audience in [JWTConfig] changes it.
//   - They show the members of transfers only. Those of application events were seen in working
//     programs. For the other records the fields are guesses (probe: aspera.shapes); Raw has what
//     the service sent. A body that is an array, or has a single array under another name, is read
//     too, except in searches.
//   - They do not show a last page (probe: aspera.last). A link that is missing, null or empty ends
//     a list.
//   - They call the bounds of a session session_start_time and session_stop_time. In other places
//     session_started_at and session_stopped_at were seen. Both are read.
//   - They do not say from whose side a [Direction] is seen (probe: aspera.direction).
//
// # Testing
//
// Package [github.com/activity-sdk/activity/aspera/asperatest] has a fake of the service.
package aspera
