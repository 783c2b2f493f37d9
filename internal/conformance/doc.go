// Package conformance has the tests that go over all vendors, and those over the repository itself.
// It has no other code.
//
// Each vendor registers an adapter for a list and the feed beside it, in a file of its own. Every
// promise is one file with a test that runs for all adapters: whoever adds a vendor registers an
// adapter and has them all. What is particular to a vendor, its parameters, envelopes, logins on
// the wire and the limits of its walk, is tested in its own package.
package conformance
