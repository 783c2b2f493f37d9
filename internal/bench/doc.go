// Package bench measures what the SDK costs, against a loop that a user would write by hand. One
// command measures everything and prints a table:
//
//	go test ./internal/bench -run Table -v -timeout 60m -args -full -pairs 15
//
// Each figure is a ratio of two measurements of the same run, taken in turns, so that a busy
// machine disturbs both alike. The service and whatever is measured run in processes of their own.
// Without -full the same code runs on little data within bounds that nothing but a mistake exceeds,
// as a part of the usual tests.
//
// A further row of the table is a further function in the list of [TestTable], in a file of its
// own.
package bench
