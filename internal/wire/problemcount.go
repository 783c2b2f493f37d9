package wire

import "github.com/activity-sdk/activity"

// ProblemCount counts the records that have members that did not fit their fields.
type ProblemCount struct {
	Records int
	First   activity.FieldProblem // of the first such record
}

func (c *ProblemCount) note(problems []activity.FieldProblem) {
	if len(problems) == 0 {
		return
	}
	if c.Records++; c.Records == 1 {
		c.First = problems[0]
	}
}

// Problems returns the count of the records that were read so far, by this reader and by those
// within it.
func (r *Reader) Problems() ProblemCount { return r.problems }
