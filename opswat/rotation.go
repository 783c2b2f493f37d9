package opswat

import (
	"context"
	"net/url"
	"time"

	"github.com/activity-sdk/activity/internal/transport"
)

// rotation requests access tokens with a refresh token. If a response has a new refresh token, the
// user's function stores it before one of the new tokens is used. It needs no lock, since fetch
// never runs twice at the same time.
type rotation struct {
	key, secret string
	rotated     func(ctx context.Context, refreshToken string) error

	token string // the newest refresh token
	// pending is the response that token came with, until rotated has stored token.
	pending *transport.GrantedToken
}

func (r *rotation) fetch(ctx context.Context, via *transport.Client) (string, time.Time, error) {
	if r.pending != nil {
		// If the access token has expired by now, transport will call fetch again.
		granted, err := r.store(ctx, via)
		return granted.AccessToken, granted.Expiry, err
	}
	granted, err := requestToken(ctx, via, url.Values{
		"client_id":     {r.key},
		"client_secret": {r.secret},
		"grant_type":    {"refresh_token"},
		"refresh_token": {r.token},
	})
	if err == nil && granted.RefreshToken != "" && granted.RefreshToken != r.token {
		r.token, r.pending = granted.RefreshToken, new(granted)
		granted, err = r.store(ctx, via)
	}
	return granted.AccessToken, granted.Expiry, err
}

// store passes the newest refresh token to the user's function. If that succeeds, store returns the
// response that the token came with.
func (r *rotation) store(ctx context.Context, via *transport.Client) (transport.GrantedToken, error) {
	if err := r.rotated(ctx, r.token); err != nil {
		failure := via.Fail(opGetToken, nil, "the rotated refresh token could not be stored; the next call tries again")
		failure.Err = via.Conceal(err)
		return transport.GrantedToken{}, failure
	}
	granted := *r.pending
	r.pending = nil
	return granted, nil
}
