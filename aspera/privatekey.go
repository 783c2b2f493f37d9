package aspera

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// minKeyBits is the minimum for RS256 (RFC 7518, section 3.3).
const minKeyBits = 2048

const keyFormats = "want an RSA key in PEM, either PKCS#8 (-----BEGIN PRIVATE KEY-----) or PKCS#1 (-----BEGIN RSA PRIVATE KEY-----), " +
	"with real line breaks"

// parsePrivateKey returns the first private key of a PEM text. Its errors contain nothing of the
// text.
func parsePrivateKey(text []byte) (*rsa.PrivateKey, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"): // a certificate, or parameters, before the key
			continue
		case block.Type == "ENCRYPTED PRIVATE KEY", strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, errors.New("JWTConfig.PrivateKey is encrypted; decrypt it, for instance with openssl pkey: " + keyFormats)
		case block.Type == "OPENSSH PRIVATE KEY":
			return nil, errors.New("JWTConfig.PrivateKey is in OpenSSH's own format; convert it, for instance with ssh-keygen -p -m PEM: " + keyFormats)
		}
		return parseRSAKey(block.Bytes)
	}
	return nil, errors.New("JWTConfig.PrivateKey contains no private key: " + keyFormats)
}

// parseRSAKey tries both formats, since the labels in PEM texts are often wrong.
func parseRSAKey(der []byte) (*rsa.PrivateKey, error) {
	var key any
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(der); err != nil {
			return nil, errors.New("JWTConfig.PrivateKey cannot be read: " + keyFormats)
		}
	}
	private, ok := key.(*rsa.PrivateKey)
	switch {
	case !ok:
		return nil, errors.New("JWTConfig.PrivateKey is not an RSA key: " + keyFormats)
	case private.N.BitLen() < minKeyBits:
		return nil, fmt.Errorf("JWTConfig.PrivateKey has %d bits, and RS256 needs %d or more", private.N.BitLen(), minKeyBits)
	}
	return private, nil
}
