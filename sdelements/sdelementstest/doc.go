// Package sdelementstest is a fake of SD Elements for tests of programs that use package
// sdelements.
//
//	server := sdelementstest.NewServer(sdelementstest.WithRows(250))
//	client := server.Client()
//	got, err := client.Activities(sdelements.ActivityQuery{}).Collect(ctx, 0)
//
// Where it says (probe: …), the program examples/probe asks an account of yours what the service
// does.
//
// It runs in memory and opens no socket, so that in a testing/synctest bubble a day passes in an
// instant, or on a loopback address if [Server.URL] is called. It is strict where the vendor is
// silent: whatever it does not know (probe: sdelements.unknown), or finds in the wrong place or
// form, is refused with an answer that names it.
//
// It serves what the vendor documents, with these choices where that leaves any:
//
//   - Activities are listed by their dates, newest first. Those of one instant, and those without a
//     readable date, which come last, stay in the order in which they were added
//     (probe: sdelements.order). A bound in time does not leave out an activity without a date. The
//     instants of date_from and date_to are included, as the vendor says; see
//     [WithExclusiveBounds].
//   - The user that the paths call "me" is [Me], whoever asks: those lists have the activities
//     whose actor that is. A project is known by the activities whose data name it; one that none
//     names has an empty list.
//   - The links "next" and "previous" are absolute and lead to another scheme and host than the one
//     that was asked, as they do behind a proxy (probe: sdelements.links); see [WithLinkOrigin].
//   - The activity-stream lists page by opaque cursors, do not count, and repeat the bounds of the
//     dates beside the results (probe: sdelements.stream); see [WithStreamSpan] and
//     [WithStreamDefault]. A cursor that they do not know is 404 (probe: sdelements.cursor).
//   - Without page_size a list is served whole. A page past the end is 404
//     (probe: sdelements.past); see [WithEmptyPastEnd].
//   - A date needs a Z. The service would take one without for local time (probe: sdelements.zone),
//     which no program means; see [WithLocalTime].
//   - A request that does not accept JSON is 406. The service would answer in XML.
package sdelementstest
