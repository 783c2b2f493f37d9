// Package asperatest is a fake of Aspera on Cloud's Activity API, for tests of programs that use
// package aspera.
//
//	server := asperatest.NewServer(asperatest.WithRows(500))
//	defer server.Close()
//	client := server.Client()
//	transfers := client.OwnOrganization().Transfers(aspera.TransferQuery{})
//
// Nothing opens a socket unless [Server.BaseURL] or [Server.URL] is called, so that a program can
// run in a testing/synctest bubble, on virtual time. The fake speaks the whole API: the token
// endpoint, which really verifies the assertion, the lists of the four kinds of resources, single
// transfers, volume usage, and the two addresses that tell who the caller is.
//
// It is strict. A parameter that is unknown, repeated, empty or badly written, a wrong path, method
// or content type, a missing Accept header and a credential in the wrong place are refused with an
// error that names them. A link to the next page is good only with the filters that it was given
// with.
//
// Where the service's behaviour is not known, the fake chooses. Start and Stop bound the start of a
// session (see [WithBounds]), the creation of an event and the time of a rate, and both count
// themselves in (see [WithExclusiveBounds] and [WithExclusiveStop]; probe: aspera.start,
// aspera.stop). The volumes of a span are the sums of its transfers, by five workspaces. What is
// received is an upload (see [WithUploadsSent]; probe: aspera.direction). Rows come newest first
// (see [WithOrder]; probe: aspera.order). The members of records that the vendor does not document
// are those of package aspera (probe: aspera.shapes). Statuses are "completed", "failed", and
// "running" while there is no stop time. Users, nodes and workspaces of any id have the same
// records as the organization.
package asperatest
