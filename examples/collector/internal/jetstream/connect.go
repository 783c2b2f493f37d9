package jetstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// connect connects to one of the servers at address. Its errors never quote address, which may
// contain a password.
func (s *Sink) connect(ctx context.Context, address string) error {
	servers, ok := splitAddress(address)
	if !ok {
		return fmt.Errorf("%w: the NATS address is invalid: write nats://[user:password@]host:port, or several of them with commas between", store.ErrRefused)
	}
	o := nats.GetDefaultOptions()
	o.Servers = servers
	for _, set := range append(s.connectionOptions(), s.options.Connect...) {
		if err := set(&o); err != nil {
			return fmt.Errorf("%w: prepare the connection to NATS: %w: check the files for it", store.ErrRefused, err)
		}
	}
	conn, err := connectContext(ctx, o)
	switch {
	case err == nil:
		s.conn = conn
		return nil
	case unauthorized(err):
		return fmt.Errorf("%w: NATS refuses the credentials: %w: check user, password, token or credentials file", store.ErrRefused, err)
	case tlsFailed(err):
		return fmt.Errorf("%w: no secure connection to NATS: %w: check the address, and the certificates of both sides", store.ErrRefused, err)
	case invalidSettings(err):
		return fmt.Errorf("%w: connect to NATS: %w: check the address and the files for the connection", store.ErrRefused, err)
	}
	return fmt.Errorf("connect to NATS: %w", err)
}

// connectContext adds a context to o.Connect.
func connectContext(ctx context.Context, o nats.Options) (*nats.Conn, error) {
	type result struct {
		conn *nats.Conn
		err  error
	}
	dialed := make(chan result)
	go func() {
		conn, err := o.Connect()
		select {
		case dialed <- result{conn, err}:
		case <-ctx.Done():
			if err == nil {
				conn.Close()
			}
		}
	}()
	select {
	case r := <-dialed:
		return r.conn, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// splitAddress splits an address into URLs, and reports whether it is valid.
func splitAddress(address string) (urls []string, ok bool) {
	for one := range strings.SplitSeq(address, ",") {
		one = strings.TrimSuffix(strings.TrimSpace(one), "/")
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return nil, false
		}
		urls = append(urls, one)
	}
	return urls, true
}

func (s *Sink) connectionOptions() []nats.Option {
	log := s.options.Logger
	return []nats.Option{
		nats.Name("activity collector"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		// Keep connecting after refused credentials, which may be accepted again later.
		nats.IgnoreAuthErrorAbort(),
		// No buffering while disconnected: a message must not reach the stream later than its
		// sender thinks.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil && s.outage.disconnected() {
				log.Warn("lost the connection to NATS, connecting again", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			s.asyncErrors.forget()
			s.outage.reconnected()
			log.Info("connected to NATS again")
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			// Errors of the connection come before its loss, or from attempts to connect again. An
			// outage has one line, which is that of its loss or of requests without answers.
			if !connectionFailed(err) && s.asyncErrors.report(err) {
				log.Warn("NATS reports a problem", "error", err)
			}
		}),
	}
}

// unauthorized reports whether the server refuses the credentials.
func unauthorized(err error) bool {
	return isAny(err, nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired,
		nats.ErrNkeysNotSupported, nats.ErrNkeyAndUser)
}

// tlsFailed reports whether TLS cannot be established.
func tlsFailed(err error) bool {
	if isAny(err, nats.ErrSecureConnRequired, nats.ErrSecureConnWanted, nats.ErrConnectionNotTLS, nats.ErrTLS) {
		return true
	}
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, header := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return certificate || authority || host || invalid || header || alert
}

// invalidSettings reports whether the settings of the connection are invalid.
func invalidSettings(err error) bool {
	return isAny(err, fs.ErrNotExist, fs.ErrPermission, nats.ErrMixingWebsocketSchemes, nats.ErrClientCertOrRootCAsRequired,
		nats.ErrMultipleTLSConfigs, nats.ErrTokenAlreadySet, nats.ErrUserInfoAlreadySet, nats.ErrUserButNoSigCB, nats.ErrNkeyButNoSigCB)
}

func isAny(err error, these ...error) bool {
	return slices.ContainsFunc(these, func(one error) bool { return errors.Is(err, one) })
}

// gaveUp returns the error for a call that was retried for Options.RetryFor. If the connection
// knows a better reason, that is the error.
func (s *Sink) gaveUp(err error) error {
	if last := s.conn.LastError(); !s.conn.IsConnected() && unauthorized(last) {
		return fmt.Errorf("%w: NATS now refuses the credentials: %w: check user, password, token or credentials file", store.ErrRefused, last)
	}
	return fmt.Errorf("gave up after %v: %w", s.options.RetryFor, err)
}
