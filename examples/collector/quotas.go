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

// quotas makes the limiters of tenants with a quota: of this process alone, or shared through a
// Redis.
type quotas struct {
	redis config.Address // "": none

	mu   sync.Mutex
	open []*quota.Limiter
}

func (s *settings) quotas(logger *slog.Logger) *quotas {
	if s.quota != "" {
		redis.SetLogger(redisLogger{logger})
	}
	return &quotas{redis: s.quota}
}

// limiter returns a tenant's limiter. Processes that collect the same tenant under the same name
// share its quota.
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

// redisLogger keeps what the Redis client has to say to itself out of the way: what matters comes
// as an error too.
type redisLogger struct{ *slog.Logger }

// Printf is what the Redis client wants.
func (l redisLogger) Printf(ctx context.Context, format string, args ...any) {
	l.DebugContext(ctx, "redis", "says", fmt.Sprintf(format, args...))
}

// close closes all limiters at once: each waits a moment for a Redis that hangs.
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
