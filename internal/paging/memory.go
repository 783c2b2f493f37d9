package paging

import "github.com/go-json-experiment/json/jsontext"

// Memory keeps records that were delivered from being delivered again, where they can move from one page to another while a list is
// read. It serves one walk, which asks for one page after the other.
type Memory[T any] interface {
	// Sift gives the records of a page that were not delivered before, in their order. It is called once for each page, after the whole
	// of it was received and understood, and with an empty page where the list turns out to have ended before. Its error ends the walk.
	Sift(page Linked[T]) ([]T, error)
	// Follows tells whether a page that was loaded ahead continues the list although it may show it as it was before the pages in front
	// of it. If not, the page is requested again.
	Follows(page Linked[T]) bool
	// Note is what a cursor carries of the memory: JSON, and short.
	Note() jsontext.Value
}
