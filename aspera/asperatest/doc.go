// Package asperatest is a fake of Aspera on Cloud's Activity API, for tests of programs that use
// package aspera.
//
//	func TestExport(t *testing.T) {
//		server := asperatest.NewServer(asperatest.WithRows(500))
//		resource := server.Client().OwnOrganization()
//		got, err := resource.Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
//		if err != nil {
//			t.Fatal(err)
//		}
//		if len(got) != 500 {
//			t.Errorf("%d transfers after %d requests", len(got), len(server.Requests()))
//		}
//	}
//
// The fake runs in memory. It opens a socket only for [Server.BaseURL] or [Server.URL], so that it
// works in a testing/synctest bubble, where a day of waiting takes a moment. It has the whole API:
// the token endpoint, which verifies the assertion; the lists of the four kinds of resources;
// single transfers; volume usage; and the two addresses that return the caller's ids.
//
// # Records
//
// [WithRows] invents records. [Server.Add] and the other methods that add take your own, by their
// fields or as raw bytes. [Server.OnRequest] can add and delete transfers between two pages.
//
// # Faults
//
// [Server.Fail] queues faults and [Server.FailWith] chooses one by the request: an error status, a
// broken connection, a damaged body, another charset, a delay. [Fault] lists them all. Options make
// the whole service behave differently, such as [WithPageSizes], [WithShuffledTies], [WithQuota] or
// [WithTokenLifetime].
//
//	server.Fail(asperatest.Fault{Status: 503}, asperatest.Fault{CutBody: 100})
//
// # Refused requests
//
// The fake is stricter than the service may be, so that a test notices mistakes. It refuses an
// unknown, repeated, empty or malformed parameter, a wrong path, method or content type, a missing
// Accept header, and credentials in the wrong place. It also refuses a link to the next page whose
// filters were changed. The answer names the mistake.
//
// # Where the vendor is silent
//
// A mention such as (probe: aspera.order) names a question that the program examples/probe asks
// your account.
//
//   - Start and Stop bound the start of a session (see [WithBounds]), the creation of an event and
//     the time of a rate. Both are included (see [WithExclusiveBounds] and [WithExclusiveStop];
//     probe: aspera.start, aspera.stop).
//   - Rows are newest first; see [WithOrder] (probe: aspera.order).
//   - The volumes of a span are the sums of its transfers, in five workspaces. What a node receives
//     is an upload; see [WithUploadsSent] (probe: aspera.direction).
//   - Members of records that the vendor does not document are those of package aspera
//     (probe: aspera.shapes). A status is "completed", "failed", or "running" without a stop time.
//   - Users, nodes and workspaces with any id have the records of the organization.
package asperatest
