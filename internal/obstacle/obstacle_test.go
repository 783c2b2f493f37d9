package obstacle_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/obstacle"
)

type replacement string

func (replacement) Error() string     { return "[redacted]" }
func (s replacement) Lasting() string { return string(s) }

func TestLasting(t *testing.T) {
	for want, errs := range map[string][]error{
		"the server's certificate is not trusted": {&tls.CertificateVerificationError{Err: errors.New("unknown authority")}},
		"the port does not speak TLS": {
			tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, http.ErrSchemeMismatch},
		"the host name does not exist": {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}},
		"said by another":              {replacement("said by another")},
		"": {
			nil, io.EOF, obstacle.ErrPage, replacement(""), errors.New("tls: bad record MAC"),
			tls.RecordHeaderError{Msg: "received record with version 300 when expecting version 303"},
			&net.DNSError{Err: "server misbehaving", IsTemporary: true}, &net.DNSError{Err: "i/o timeout", IsTimeout: true},
		},
	} {
		for _, err := range errs {
			assert.Equal(t, want, obstacle.Lasting(err), "%v", err)
			if err != nil {
				assert.Equal(t, want, obstacle.Lasting(fmt.Errorf("proxy: %w", err)), "%v", err)
			}
		}
	}
}
