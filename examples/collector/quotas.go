package main

import (
	"errors"
	"fmt"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/internal/telemetry"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

// quotas makes the limiters of tenants with a quota: of this process alone, or shared through a Redis.
type quotas struct {
	redis   string // its URL, which may hold a password; "": none
	metrics *telemetry.Telemetry
	open    []*quota.Limiter
}

func (s *settings) quotas(metrics *telemetry.Telemetry) (*quotas, error) {
	url, err := s.quota.Read()
	if err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	return &quotas{redis: url, metrics: metrics}, nil
}

// limiter gives a tenant's limiter. Processes that collect the same tenant under the same name share its quota.
func (q *quotas) limiter(vendor, tenant string, c config.Quota) (activity.RateLimiter, error) {
	if q.redis == "" {
		return q.metrics.Limiter(vendor, tenant, activity.NewWindowLimiter(c.Requests, c.Per)), nil
	}
	shared, err := quota.Open(q.redis, vendor+"/"+tenant, c.Requests, c.Per)
	if err != nil {
		return nil, err
	}
	q.open = append(q.open, shared)
	return q.metrics.Limiter(vendor, tenant, shared), nil
}

func (q *quotas) close() error {
	var errs []error
	for _, l := range q.open {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
