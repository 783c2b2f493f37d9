package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// Tokens issues bearer tokens that expire, and refresh tokens that rotate. The
// n-th token of a prefix is always the same text, in every run.
type Tokens struct {
	prefix   string
	lifetime time.Duration

	mu        sync.Mutex
	issued    int
	expiry    map[string]time.Time
	refreshed int
	refresh   map[string]bool // the refresh tokens that are still good
}

// NewTokens returns a source of tokens that begin with prefix and are valid for
// lifetime, by the clock of package time: virtual time in a testing/synctest
// bubble.
func NewTokens(prefix string, lifetime time.Duration) *Tokens {
	return &Tokens{
		prefix: prefix, lifetime: lifetime,
		expiry: make(map[string]time.Time), refresh: make(map[string]bool),
	}
}

// Issue returns a new access token and its lifetime in whole seconds, rounded
// down, as expires_in says it.
func (t *Tokens) Issue() (token string, expiresIn int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.issued++
	token = tokenText(t.prefix, t.issued)
	t.expiry[token] = time.Now().Add(t.lifetime)
	return token, int64(t.lifetime / time.Second)
}

// Valid reports whether the access token was issued here and has not expired.
func (t *Tokens) Valid(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	expiry, ok := t.expiry[token]
	return ok && time.Now().Before(expiry)
}

// ExpireAll makes every access token issued so far invalid; refresh tokens stay
// good.
func (t *Tokens) ExpireAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.expiry)
}

// Issued returns how many access tokens were issued.
func (t *Tokens) Issued() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.issued
}

// NewRefresh returns a new refresh token. It does not expire, but is good only
// once.
func (t *Tokens) NewRefresh() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newRefresh()
}

// UseRefresh trades a refresh token for its successor. It fails for a token
// that was not issued here or was used before.
func (t *Tokens) UseRefresh(old string) (successor string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.refresh[old] {
		return "", false
	}
	delete(t.refresh, old)
	return t.newRefresh(), true
}

func (t *Tokens) newRefresh() string {
	t.refreshed++
	token := tokenText(t.prefix+"-refresh", t.refreshed)
	t.refresh[token] = true
	return token
}

// tokenText pads the n-th token to the length of a real one, with characters
// that need no escaping anywhere.
func tokenText(prefix string, n int) string {
	name := fmt.Sprintf("%s-%d", prefix, n)
	sum := sha256.Sum256([]byte(name))
	return name + "-" + hex.EncodeToString(sum[:16])
}
