package transport

import (
	"context"
	"log/slog"

	"github.com/activity-sdk/activity"
)

// WarnOdd logs one line if some of the records have members that did not fit their fields. It names the first problem, and no value.
func WarnOdd[T any](ctx context.Context, c *Client, op string, records []T, problems func(*T) []activity.FieldProblem) {
	odd := 0
	var first activity.FieldProblem
	for i := range records {
		found := problems(&records[i])
		if len(found) == 0 {
			continue
		}
		if odd++; odd == 1 {
			first = found[0]
		}
	}
	if odd > 0 {
		c.settings.Logger.LogAttrs(ctx, slog.LevelWarn, "records do not fit the documentation", slog.String("vendor", c.vendor),
			slog.String("op", op), slog.Int("records", odd), slog.String("field", first.Field), slog.String("problem", first.Problem))
	}
}
