// Package sdelementstest is a fake of SD Elements, for tests of programs that use package
// sdelements.
//
//	func TestExport(t *testing.T) {
//		server := sdelementstest.NewServer(sdelementstest.WithRows(500))
//		client := server.Client()
//		got, err := client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
//		if err != nil {
//			t.Fatal(err)
//		}
//		if len(got) != 500 {
//			t.Errorf("%d activities after %d requests", len(got), len(server.Requests()))
//		}
//	}
//
// The fake runs in memory. It opens a socket only for [Server.URL], so that it works in a
// testing/synctest bubble, where a day of waiting takes a moment.
//
// # Records
//
// [WithRows] invents activities. [Server.Add] takes your own, by their fields or as raw bytes.
// [Server.OnRequest] can add and delete activities between two pages.
//
// # Faults
//
// [Server.Fail] queues faults and [Server.FailWith] chooses one by the request: an error status, a
// broken connection, a damaged body, another charset, a delay. [Fault] lists them all. Options make
// the whole service behave differently, such as [WithPageSizes], [WithShuffledTies] or [WithQuota].
//
//	server.Fail(sdelementstest.Maintenance(), sdelementstest.Fault{CutBody: 100})
//
// # Refused requests
//
// The fake is stricter than the service may be, so that a test notices mistakes. It refuses an
// unknown (probe: sdelements.unknown), repeated, empty or malformed parameter, a wrong path, method
// or content type, a missing Accept header, a body, and credentials in the wrong place. The answer
// names the mistake. A date needs a Z: the service reads one without as local time
// (probe: sdelements.zone), which is almost always a mistake; see [WithLocalTime]. A request that
// does not accept JSON gets 406, where the service would answer with XML.
//
// # Where the vendor is silent
//
// A mention such as (probe: sdelements.order) names a question that the program examples/probe asks
// your account. Options select what else the service may do.
//
//   - Activities are newest first. Those with equal dates stay in the order in which they were
//     added. Those without a readable date are last (probe: sdelements.order). Filters by date keep
//     them. Activities exactly at date_from or date_to are included, as the vendor documents; see
//     [WithExclusiveBounds].
//   - The user "me" of a path is [Me]. As the vendor documents, these lists have what was done by
//     that user or to that user, without log-ins and log-outs. They lack what others did in the
//     user's projects, since the fake does not know who is in a project.
//   - A project is known if the data of an activity names it. The list of any other project is
//     empty.
//   - The links "next" and "previous" lead to another scheme and host than the request's, as they
//     do behind a proxy (probe: sdelements.links); see [WithLinkOrigin].
//   - Streams page by opaque cursors. Their answers have no count. They have date_from and date_to,
//     the bounds that were used (probe: sdelements.stream); see [WithStreamSpan] and
//     [WithStreamDefault]. An unknown cursor is answered with 404 (probe: sdelements.cursor).
//   - Without page_size, a list is one page. A page past the end is answered with 404
//     (probe: sdelements.past); see [WithEmptyPastEnd].
package sdelementstest
