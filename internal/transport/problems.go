package transport

import (
	"log/slog"

	"github.com/activity-sdk/activity/internal/wire"
)

// warnProblems logs one line if some records of an answer have members that did not fit their
// fields. It names the first problem, and no value.
func (o *operation) warnProblems(p wire.ProblemCount) {
	if p.Records > 0 {
		field := o.client.credentials.redactor().long().line(p.First.Field, maxText)
		o.client.settings.Logger.LogAttrs(o.ctx, slog.LevelWarn, "records do not fit the documentation",
			slog.String("op", o.Op), slog.Int("records", p.Records), slog.String("field", field), slog.String("problem", p.First.Problem))
	}
}
