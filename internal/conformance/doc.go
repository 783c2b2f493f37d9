// Package conformance tests what the SDK promises for all vendors. It has no other code.
//
// Each promise is tested once, for all vendors. To add a vendor, write an adapter for a list and
// its feed in a file of its own, and add it to the adapters in adapter_test.go: all the tests run
// for it. What is particular to a vendor (its parameters, the form of its answers, its logins on
// the wire, the limits of its lists) is tested in the vendor's own package.
//
// # Lists
//
//   - list_test.go: A list returns all its records in the service's order, each time it is read.
//     Nothing is requested before it is read. An error comes last, and the records before it are
//     good. A query without an end reaches to the present.
//   - pagesize_test.go: A list costs as many requests as it has pages. Short pages and wrong counts
//     end no list.
//   - prefetch_test.go: Prefetching returns the same pages in the same order, leaves nothing
//     running, and passes on panics.
//   - cursor_test.go: A cursor resumes its list, and no other one. It contains no secret, and
//     whatever is in it, only the list is requested.
//   - nextlink_test.go: Links to the next page are followed in every form. Loops end with an error,
//     and links with a secret are refused.
//   - changinglist_test.go: Records that are added or deleted while a list is read, repeated ids
//     and changing orders cost no other record, or the list ends with ErrListChanged.
//   - randomwalk_test.go: The same with all these changes at once, at random.
//
// # Feeds
//
//   - feed_test.go: A feed delivers each record once, with a stable key, through outages, restarts
//     and crashes. It ends only for errors that its caller has to fix.
//   - clock_test.go: A service's clock that is ahead, behind or set back costs no record.
//
// # Records
//
//   - record_test.go: A record with unexpected or damaged members is delivered with its bytes and
//     its problems, and affects no other record. A detached record shares no memory with its page.
//   - recordjson_test.go: A record marshals as it was sent, or as the program changed it.
//   - event_test.go: Each record of a feed is an activity.Event, and valid in OCSF.
//   - response_test.go: A response is read for what it is: in other charsets, compressed, with a
//     wrong Content-Type. What is no page is an error and never an empty list. Its size is limited,
//     whatever length it announces. A switch to another protocol ends the call.
//   - cost_test.go, costbodies_test.go, costsearch_test.go: The memory and the time for a response
//     are limited, whatever its body is.
//
// # Errors, retries and limits
//
//   - error_test.go: Each status and each failure has its kind of error, and Temporary agrees with
//     the retries.
//   - errorcause_test.go: An error from a transport, middleware, a limiter or a token source
//     becomes text, and nothing that it holds can be reached.
//   - retry_test.go: Temporary failures are retried until they pass. Retry-After is never
//     shortened.
//   - ratelimit_test.go: A limiter's quota is kept. After a 429, all clients that share the
//     credentials wait.
//   - context_test.go: The end of the context ends every wait, every list and the decoding.
//   - validation_test.go: Invalid options, queries and secrets are refused before a request is
//     sent. The largest allowed values work.
//   - zerovalue_test.go: Clients that New did not make return ErrInvalid.
//   - middleware_test.go: Middleware and limiters see each attempt, and CallFrom describes it.
//   - tenant_test.go: Errors and log lines name the tenant. One tenant's cursors and checkpoints
//     are refused for another.
//
// # Secrets
//
//   - token_test.go: A token is shared, fetched once, renewed in time and renewed once after it was
//     refused. The requests of a call are limited, and cancelled calls leave none behind.
//   - origin_test.go: Credentials go to one origin. Neither a redirect nor middleware leads them to
//     another.
//   - secret_test.go, secretvalues_test.go, secretecho_test.go: No error, log line, printed value
//     or middleware shows a secret, even if the service echoes it.
//   - secretencoding_test.go: The same if the service encodes the secret.
//
// # The repository
//
//   - api_test.go: The public API changes only on purpose. Its record is testdata/api.txt.
//   - internaltypes_test.go: The public API names no internal type.
//   - documentation_test.go: Exported names have comments, and what programs begin with has
//     examples.
//   - architecture_test.go: Imports are as in the table of CONTRIBUTING.md.
//   - readme_test.go: The README's programs compile, and its first one prints what it says.
//
// # Setup
//
//   - adapter_test.go: what a vendor's adapter has to offer. The adapters are in aspera_test.go,
//     snaplogic_test.go, opswat_test.go and sdelements_test.go.
//   - service_test.go: the fakes, with records and faults that are the same for all vendors.
//   - run_test.go: everyVendor, everyFeed, everyReading and everyLogin run a test for each vendor.
//   - helpers_test.go: reading lists, checking errors, and transports.
package conformance
