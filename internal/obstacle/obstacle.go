// Package obstacle recognizes errors that keep a client from reaching its service. The root package
// uses it to decide whether an error is temporary, the transport to explain the error. It imports
// no other package of the module.
package obstacle

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
)

// ErrPage is the cause of an error whose answer was an HTML page or the like. Such pages come and
// go.
var ErrPage = errors.New("a login or proxy page stands in front of the service, or the base URL is wrong")

// Untrusted is what Lasting returns for an untrusted certificate.
const Untrusted = "the server's certificate is not trusted"

// Lasting returns why no further attempt can reach the service, as a sentence, or "" if one may. An
// error that replaces the original has a method of the same name that returns this.
func Lasting(err error) string {
	type replacement interface {
		error
		Lasting() string
	}
	if e, ok := errors.AsType[replacement](err); ok {
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
