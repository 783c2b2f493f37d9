// Package wire reads the JSON of the vendors leniently: a page arrives even if one of its records,
// or one member of a record, is not what the vendor's documentation promises.
//
// It has three layers. A [Reader] walks one body in place and hands out its values as slices of
// that body. A [Codec] turns one value into a record, keeps the bytes beside it, and notes every
// member that did not fit instead of failing; [Records] applies it to a whole array. [ParseTime],
// [Message] and [DjangoErrors] understand the times and the error bodies of all vendors at once.
//
// A reader of an answer ends with its context, and when what is made of the answer takes too much
// memory: see [NewBoundedReader].
//
// Duplicate member names are accepted, and so are strings with control characters and with bytes
// that are not UTF-8, which are Problems of their record. Member names match case-sensitively, and
// unknown members are ignored.
//
// No error and no [activity.FieldProblem] made here contains anything out of a body but byte
// offsets and the names of members, and errors of the JSON library, which can quote values, are
// never wrapped.
package wire
