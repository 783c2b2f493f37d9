// Package wire reads the JSON of the vendors leniently: one record, or one member of a record, that
// differs from the vendor's documentation does not cost the page.
//
// The package has three layers. A [Reader] walks one body in place and returns its values as slices
// of that body. A [Codec] decodes one value into a record, keeps its bytes, and notes each member
// that does not fit instead of failing. [Records] does that for a whole array. [ParseTime],
// [Message] and [DjangoErrors] read the times and the error bodies of all vendors.
//
// A reader of a response stops when its context ends, or when decoding takes too much memory: see
// [NewBoundedReader].
//
// The package accepts duplicate names in an object. It accepts strings with control characters or
// with bytes that are not UTF-8, and notes them in the Problems of their record. It matches the
// names of members case-sensitively, and ignores unknown members.
//
// Errors and an [activity.FieldProblem] of this package contain nothing from a body except byte
// offsets and names of members. The package never wraps an error of the JSON library, since that
// can quote values.
package wire
