// Package bench measures what the SDK costs, compared with a loop that a user would write by hand.
// README.md has the figures. One command measures everything and prints a table:
//
//	go test ./internal/bench -run Table -v -timeout 60m -args -full -pairs 15
//
// Each figure is a ratio of two measurements of the same run, taken in turns, so that a busy
// machine slows down both. The service and the measured code run in separate processes. Without
// -full, as a part of the usual tests, the same code runs on little data: latencies in virtual time
// and within the same bounds, CPU and memory within bounds that only a mistake exceeds.
//
// To add rows to the table, write a function in a file of its own and add it to the list in
// TestTable.
package bench
