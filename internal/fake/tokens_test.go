package fake_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := fake.NewTokens("opswat", time.Hour)
		first, expiresIn := tokens.Issue()
		assert.EqualValues(t, 3600, expiresIn)
		assert.True(t, tokens.Valid(first))

		<-time.After(30 * time.Minute) // of virtual time, here and below
		second, _ := tokens.Issue()
		<-time.After(30*time.Minute - 1)
		assert.True(t, tokens.Valid(first))
		<-time.After(time.Nanosecond)
		assert.False(t, tokens.Valid(first))
		assert.True(t, tokens.Valid(second))

		tokens.ExpireAll()
		assert.False(t, tokens.Valid(second))
		third, _ := tokens.Issue()
		assert.True(t, tokens.Valid(third))
		assert.Equal(t, 3, tokens.Issued())
	})
}

func TestTokensAreReproducible(t *testing.T) {
	a, b := fake.NewTokens("aspera", time.Hour), fake.NewTokens("aspera", time.Hour)
	first, _ := a.Issue()
	same, _ := b.Issue()
	second, _ := a.Issue()
	assert.Equal(t, first, same)
	assert.NotEqual(t, first, second)
	assert.Regexp(t, `^aspera-1-[0-9a-f]{32}$`, first)
	assert.Regexp(t, `^aspera-2-[0-9a-f]{32}$`, second)
	assert.False(t, a.Valid(""))
	assert.False(t, b.Valid(second), "issued elsewhere")
}

func TestRefreshTokens(t *testing.T) {
	tokens := fake.NewTokens("opswat", time.Hour)
	first := tokens.NewRefresh()
	second, ok := tokens.UseRefresh(first)
	assert.True(t, ok)
	assert.NotEqual(t, first, second)
	assert.Regexp(t, `^opswat-refresh-2-[0-9a-f]{32}$`, second)

	_, ok = tokens.UseRefresh(first)
	assert.False(t, ok)
	_, ok = tokens.UseRefresh("")
	assert.False(t, ok)
	tokens.ExpireAll()
	_, ok = tokens.UseRefresh(second)
	assert.True(t, ok, "refresh tokens do not expire")
	assert.Zero(t, tokens.Issued(), "a refresh token is not an access token")
	assert.False(t, tokens.Valid(second))
}

func TestRefreshTokenConcurrentUse(t *testing.T) {
	tokens := fake.NewTokens("opswat", time.Hour)
	first := tokens.NewRefresh()
	var wg sync.WaitGroup
	won := make(chan string, 20)
	for range cap(won) {
		wg.Go(func() {
			if next, ok := tokens.UseRefresh(first); ok {
				won <- next
			}
			token, _ := tokens.Issue()
			assert.True(t, tokens.Valid(token))
		})
	}
	wg.Wait()
	assert.Len(t, won, 1)
	assert.Equal(t, 20, tokens.Issued())
}
