package transport

import (
	"context"
	"log/slog"

	"github.com/activity-sdk/activity"
)

// WarnOdd logs one line if some of the records have members that did not fit their fields. It names
// the first problem, and no value.
func WarnOdd[T any](ctx context.Context, c *Client, op string, records []T, problems func(*T) []activity.FieldProblem) {
	var odd OddRecords
	for i := range records {
		odd.Note(problems(&records[i]))
	}
	odd.Warn(ctx, c, op)
}

// OddRecords counts the records of a page that have members that did not fit their fields.
type OddRecords struct {
	count int
	first activity.FieldProblem
}

// Note takes the problems of one more record, which may have none.
func (o *OddRecords) Note(problems []activity.FieldProblem) {
	if len(problems) == 0 {
		return
	}
	if o.count++; o.count == 1 {
		o.first = problems[0]
	}
}

// Warn is [WarnOdd] for the records that were noted.
func (o *OddRecords) Warn(ctx context.Context, c *Client, op string) {
	if o.count > 0 {
		field := c.credentials.redactor().long().line(o.first.Field, maxText)
		c.settings.Logger.LogAttrs(ctx, slog.LevelWarn, "records do not fit the documentation",
			slog.String("op", op), slog.Int("records", o.count), slog.String("field", field), slog.String("problem", o.first.Problem))
	}
}
