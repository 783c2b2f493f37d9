package transport

import (
	"slices"
	"sync"
)

// recentSecrets holds secrets that became known while the credentials were in use: tokens, and the
// secrets of token requests. An error may quote one long after it was replaced. The newest are
// kept; one that is added again counts as new.
type recentSecrets struct {
	mu     sync.Mutex
	values []string
}

// All secrets together have at most maxRecent bytes, where each counts as at least minRecent.
const (
	maxRecent = 64 << 10
	minRecent = 1 << 10
)

func (l *recentSecrets) add(secrets ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, secret := range secrets {
		l.values = slices.DeleteFunc(l.values, func(known string) bool { return known == secret })
		if secret != "" {
			l.values = append(l.values, secret)
		}
	}
	room := maxRecent
	for i, secret := range slices.Backward(l.values) {
		if room -= max(len(secret), minRecent); room < 0 {
			l.values = slices.Delete(l.values, 0, i+1)
			break
		}
	}
}

func (l *recentSecrets) list() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.values)
}
