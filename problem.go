package activity

// FieldProblem says that one member of a record did not fit the field it belongs to. The record is
// still delivered, with every other field filled in and the bytes as sent in Raw. Of very many
// problems of a record only the first are kept.
type FieldProblem struct {
	Field   string // the member's name as the vendor spells it; "" when the record as a whole is odd
	Problem string // what was found and what was expected, such as "is a string, want an integer"; never the value itself
}
