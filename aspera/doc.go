// Package aspera reads the Activity API of IBM Aspera on Cloud: transfers and their files, application events, throughputs, volumes, and
// who has access to files.
//
// # What it takes
//
// The service needs the Advanced or the Enterprise Edition of Aspera on Cloud, and the user in whose name the program acts must be a
// member of the Activity app, which an administrator enables in the Admin app. Without that, expect activity.ErrForbidden.
//
//	client, err := aspera.New(aspera.JWT{Organization: "acme", ClientID: id, ClientSecret: secret, PrivateKey: pem, User: "ada@example.com"})
//	…
//	organization, err := client.OrganizationID(ctx)
//	…
//	for transfer, err := range client.Organization(organization).Transfers(aspera.TransferQuery{Start: start, Stop: stop}).All(ctx) {
//		…
//	}
//
// A [JWT] has the SDK request access tokens with a signed assertion; [Bearer] takes them from wherever a program has them. The address is
// the production's unless activity.WithBaseURL says otherwise: see [BaseURL].
//
// # What to ask for
//
// Everything belongs to a [Resource]: an organization, a user, a node or a workspace. The vendor names four questions:
//
//   - Is someone using an excessive amount of bandwidth? [Resource.Transfers]
//   - Which workspaces transfer the most data? [Resource.VolumeUsage]
//   - Who has access to a file? [Resource.SearchFileAccess]
//   - Does a user log in often enough to justify an account? [Resource.ApplicationEvents]
//
// The package's examples answer each. Beside these there are single transfers ([Resource.Transfer]), the files of a transfer
// ([Resource.TransferFiles]), the rates of downloads and uploads ([Resource.EgressThroughputs], [Resource.IngressThroughputs]), and all
// accesses to files ([Resource.FileAccess]).
//
// # Paging
//
// Each page holds a link to the next, which is followed until there is none. A short or an empty page does not end a list. Links are
// followed on the scheme, host and port of the base URL and below its path only: any other is activity.ErrForeignOrigin or
// activity.ErrMalformed, and nothing is sent there. A link that comes a second time within one walk is activity.ErrCursorLoop. The page
// size is not sent unless a query names one, since the service's default differs by endpoint.
//
// The service does not say in which order records come, nor what happens to rows that change while a list is read. A transfer's UUID is not
// unique: it may come once sent and once received, and a transfer that still runs changes later. UUID, Direction, SessionStart and
// UpdatedAt together identify a state of a transfer.
//
// The service is said to accept no less than 5 minutes and no more than 6 months between Start and Stop. [Windows] cuts a longer span.
//
// # What is not documented
//
// The shape of answers is fully known for transfers, and by name for application events. For the rest the vendor documents what an answer
// is about, but not what its members are called. Fields of those records are guesses and say so; Raw always has what the service sent.
// What does not fit is noted in Problems and logged as a warning, and never costs the rest of a page. Envelopes are read with some
// tolerance: the array of records may have another name, if it is the only array, or stand alone. But an answer without an array is
// activity.ErrMalformed and never an empty page.
//
// Rate limits are not documented either. There is no limiter by default; a 429 is waited for as activity.RetryPolicy allows.
//
// # Vendor status
//
// The vendor announced that the page behind /file_access and /file_access/search would be disabled on 2024-11-15. Both are implemented;
// whether they still answer is up to the service.
//
// # Testing
//
// Package asperatest is a fake of the service that works in memory.
package aspera
