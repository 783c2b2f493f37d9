package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/collector/internal/config"
	"github.com/activity-sdk/activity/examples/collector/quota"
)

// quotas makes the limiters of tenants with a quota. They are local to this process, or shared
// through Redis.
type quotas struct {
	redis config.Address // empty: limiters are local

	mu   sync.Mutex
	open []*quota.Limiter
}

func (s *settings) quotas(logger *slog.Logger) *quotas {
	if s.quota != "" {
		redis.SetLogger(redisLogger{logger})
	}
	return &quotas{redis: s.quota}
}

// limiter returns a tenant's limiter. With Redis, processes that use the same vendor and tenant
// name share the quota.
func (q *quotas) limiter(vendor, tenant string, c config.Quota) (activity.RateLimiter, error) {
	if q.redis == "" {
		return activity.NewWindowLimiter(c.Requests, time.Duration(c.Per)), nil
	}
	url, err := q.redis.Read()
	if err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	shared, err := quota.Open(url, vendor+"/"+tenant, c.Requests, time.Duration(c.Per))
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = append(q.open, shared)
	return shared, nil
}

// redisLogger logs the Redis client's own messages at level debug. Whatever matters is also
// returned as an error.
type redisLogger struct{ *slog.Logger }

// Printf implements the logger interface of the Redis client.
func (l redisLogger) Printf(ctx context.Context, format string, args ...any) {
	l.DebugContext(ctx, "redis", "message", fmt.Sprintf(format, args...))
}

// close closes all limiters in parallel, since each may wait for a Redis that hangs.
func (q *quotas) close(log *slog.Logger) {
	var closing sync.WaitGroup
	for _, l := range q.open {
		closing.Go(func() {
			if err := l.Close(); err != nil {
				log.Warn("closing the shared quota", "error", err)
			}
		})
	}
	closing.Wait()
}
