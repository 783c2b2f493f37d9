package wire

import "github.com/activity-sdk/activity"

// ProblemCount is the number of records with problems, and the first problem.
type ProblemCount struct {
	Records int
	First   activity.FieldProblem // the first problem of the first such record
}

func (c *ProblemCount) note(problems []activity.FieldProblem) {
	if len(problems) == 0 {
		return
	}
	if c.Records++; c.Records == 1 {
		c.First = problems[0]
	}
}

// Problems returns how many of the records read so far have problems. It includes the records of
// the readers that Within returned.
func (r *Reader) Problems() ProblemCount { return r.problemCount }
