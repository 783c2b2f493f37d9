package opswat

import (
	"context"
	"net/url"
	"time"

	"github.com/activity-sdk/activity/internal/transport"
)

// rotation trades a refresh token for access tokens and hands over each refresh token that replaces
// it, before either of the new tokens is used. It needs no lock, since fetch never runs twice at
// the same time.
type rotation struct {
	key, secret string
	rotated     func(ctx context.Context, refreshToken string) error

	token string // the newest refresh token
	// pending is what came together with token, as long as rotated has not accepted that.
	pending *transport.GrantedToken
}

func (r *rotation) fetch(ctx context.Context, via *transport.Client) (string, time.Time, error) {
	if r.pending != nil {
		// Should the access token be over by now, it is not used: transport asks for another.
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

// store gives the newest refresh token to the user and, if he accepts it, sets free what came with
// it.
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
