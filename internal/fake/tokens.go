package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Tokens issues access tokens that expire, and refresh tokens that rotate. The n-th token of a
// prefix is the same text in every run.
type Tokens struct {
	prefix   string
	lifetime time.Duration

	mu        sync.Mutex
	issued    int
	expiry    map[string]time.Time
	refreshed int
	refresh   map[string]bool // the refresh tokens that are still valid
}

// NewTokens returns Tokens that begin with prefix and are valid for lifetime. In a testing/synctest
// bubble, that is virtual time.
func NewTokens(prefix string, lifetime time.Duration) *Tokens {
	return &Tokens{
		prefix: prefix, lifetime: lifetime,
		expiry: make(map[string]time.Time), refresh: make(map[string]bool),
	}
}

// Issue returns a new access token, and its lifetime in whole seconds, rounded down, for
// expires_in.
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

// ExpireAll makes all access tokens issued so far invalid. Refresh tokens stay valid.
func (t *Tokens) ExpireAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.expiry)
}

// Issued returns the number of access tokens issued so far.
func (t *Tokens) Issued() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.issued
}

// NewRefresh returns a new refresh token. It does not expire, but works only once.
func (t *Tokens) NewRefresh() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newRefresh()
}

// UseRefresh exchanges a refresh token for the next one. It fails if the token was not issued here
// or was used before.
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

// tokenText returns the n-th token. It is as long as a real one, and needs no escaping anywhere.
func tokenText(prefix string, n int) string {
	name := fmt.Sprintf("%s-%d", prefix, n)
	sum := sha256.Sum256([]byte(name))
	return name + "-" + hex.EncodeToString(sum[:16])
}

// Source returns a token source that issues a new access token each time, with its expiry.
func (t *Tokens) Source() oauth2.TokenSource { return tokenSource{t} }

type tokenSource struct{ tokens *Tokens }

func (s tokenSource) Token() (*oauth2.Token, error) {
	token, lifetime := s.tokens.Issue()
	return &oauth2.Token{AccessToken: token, Expiry: time.Now().Add(time.Duration(lifetime) * time.Second)}, nil
}
