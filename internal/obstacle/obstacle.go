// Package obstacle knows what stands between a client and its service. It is a leaf: by it the root
// package decides whether an error is temporary, and the transport says what is wrong.
package obstacle

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
)

// ErrPage is the cause of an error whose answer was a page for people. Such pages come and go.
var ErrPage = errors.New("a login or proxy page stands in front of the service, or the base URL is wrong")

// Untrusted is what Lasting returns for a certificate that nobody vouches for.
const Untrusted = "the server's certificate is not trusted"

// Lasting returns what keeps every further attempt from reaching the service, as a sentence; ""
// where another attempt may reach it.
//
// An error that is not the original, but stands for it, says so itself by a method of that name.
func Lasting(err error) string {
	type stand interface {
		error
		Lasting() string
	}
	if e, ok := errors.AsType[stand](err); ok {
		return e.Lasting()
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return Untrusted
	}
	if e, ok := errors.AsType[tls.RecordHeaderError](err); ok && strings.HasPrefix(e.Msg, "first record") {
		return "the port does not speak TLS"
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return "the port does not speak TLS"
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "the host name does not exist"
	}
	return ""
}
