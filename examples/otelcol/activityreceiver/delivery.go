package activityreceiver

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receiverhelper"

	"github.com/activity-sdk/activity"
)

// delivery sends records of a source to the pipeline.
type delivery struct {
	next    consumer.Logs
	obs     *receiverhelper.ObsReport
	retry   Retry
	source  source
	version string
}

// batch sends records until the pipeline accepts them or refuses them permanently. In the second
// case dropped is the reason. batch does not retry those, since the pipeline would refuse them each
// time and the feed could not continue. err is the error of a context that ended before.
func (d delivery) batch(following, delivering context.Context, records []activity.Record[activity.Event]) (dropped, err error) {
	if len(records) == 0 {
		return nil, nil
	}
	logs := d.logs(records, time.Now())
	for wait := d.retry.InitialInterval; ; wait = min(2*wait, d.retry.MaxInterval) {
		err := d.consume(delivering, logs)
		switch partial, ok := errors.AsType[consumererror.Logs](err); {
		case err == nil:
			return nil, nil
		case consumererror.IsPermanent(err):
			return err, nil
		case ok:
			logs = partial.Data() // the rest was accepted
		}
		if !pause(following, time.Duration(wait)) {
			return nil, context.Cause(following)
		}
	}
}

// consume sends a copy to the pipeline, which may change it.
func (d delivery) consume(ctx context.Context, logs plog.Logs) error {
	offered := plog.NewLogs()
	logs.CopyTo(offered)
	ctx = d.obs.StartLogsOp(ctx)
	err := d.next.ConsumeLogs(ctx, offered)
	d.obs.EndLogsOp(ctx, string(d.source.format), logs.LogRecordCount(), err)
	return err
}
