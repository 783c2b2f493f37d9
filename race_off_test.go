//go:build !race

package activity_test

// pagesUnderFault is how many pages each walk has, one record each.
const pagesUnderFault = 10_000
