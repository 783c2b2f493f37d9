//go:build race

package activity_test

// pagesUnderFault is how many pages each walk has, one record each: fewer with the race detector, which slows the fakes tenfold.
const pagesUnderFault = 1_000
