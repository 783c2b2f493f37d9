package activityreceiver

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Duration is a time.Duration, written with its unit, such as 5m or 1h30m. The collector reads a
// number in a time.Duration as nanoseconds, and 5 instead of 5m would exhaust a service's quota.
type Duration time.Duration

// UnmarshalScalar reads a duration.
func (d *Duration) UnmarshalScalar(value confmap.ScalarValue) error {
	text := fmt.Sprint(value.GetRaw())
	parsed, err := time.ParseDuration(text)
	if err != nil {
		if _, bare := strconv.ParseFloat(text, 64); bare == nil {
			return fmt.Errorf("%s has no unit: write %[1]ss, %[1]sm or %[1]sh", text)
		}
		return errors.New("want a duration with its unit, such as 30s, 5m or 1h30m")
	}
	*d = Duration(parsed)
	return nil
}

// MarshalScalar writes the duration with its unit.
func (d Duration) MarshalScalar(value confmap.ScalarValue) error {
	return value.Marshal(time.Duration(d))
}
