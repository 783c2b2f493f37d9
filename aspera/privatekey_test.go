package aspera_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestPrivateKeyForms(t *testing.T) {
	s := asperatest.NewServer()
	block, _ := pem.Decode(s.JWTConfig().PrivateKey)
	require.Equal(t, "RSA PRIVATE KEY", block.Type)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})

	for name, text := range map[string][]byte{
		"PKCS#1":               s.JWTConfig().PrivateKey,
		"PKCS#8":               pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		"PKCS#8, wrong label":  pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: pkcs8}),
		"behind something":     append([]byte("Bag Attributes\n"+string(certificate)), s.JWTConfig().PrivateKey...),
		"with Windows' breaks": []byte(strings.ReplaceAll(string(s.JWTConfig().PrivateKey), "\n", "\r\n")),
	} {
		j := s.JWTConfig()
		j.PrivateKey = text
		assert.NoError(t, read(t, s, aspera.JWT(j)), name)
	}
}

func TestInvalidPrivateKeys(t *testing.T) {
	encode := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	good := asperatest.NewServer().JWTConfig().PrivateKey
	block, _ := pem.Decode(good)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ec, err := x509.MarshalECPrivateKey(curve)
	require.NoError(t, err)
	ec8, err := x509.MarshalPKCS8PrivateKey(curve)
	require.NoError(t, err)
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: block.Bytes,
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"}})
	broken := append([]byte(nil), block.Bytes...)
	broken[100] ^= 1

	const formats = "want an RSA key in PEM, either PKCS#8 (-----BEGIN PRIVATE KEY-----) or PKCS#1 (-----BEGIN RSA PRIVATE KEY-----)"
	for name, c := range map[string]struct {
		key  []byte
		want []string
	}{
		"no PEM":           {[]byte("canary-key"), []string{"contains no private key", formats}},
		"one line":         {[]byte(strings.ReplaceAll(string(good), "\n", `\n`)), []string{"contains no private key", "real line break"}},
		"DER":              {block.Bytes, []string{"contains no private key", formats}},
		"a public key":     {encode("PUBLIC KEY", []byte("x")), []string{"contains no private key", formats}},
		"nonsense":         {encode("PRIVATE KEY", []byte("canary-key")), []string{"cannot be read", formats}},
		"damaged":          {encode("RSA PRIVATE KEY", broken), []string{"cannot be read", formats}},
		"EC":               {encode("EC PRIVATE KEY", ec), []string{"cannot be read", formats}},
		"EC in PKCS#8":     {encode("PRIVATE KEY", ec8), []string{"is not an RSA key", formats}},
		"1024 bits":        {encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), []string{"has 1024 bits", "2048"}},
		"encrypted":        {encrypted, []string{"is encrypted", formats}},
		"encrypted PKCS#8": {encode("ENCRYPTED PRIVATE KEY", block.Bytes), []string{"is encrypted", formats}},
		"OpenSSH":          {encode("OPENSSH PRIVATE KEY", block.Bytes), []string{"OpenSSH", formats}},
	} {
		t.Run(name, func(t *testing.T) {
			j := asperatest.NewServer().JWTConfig()
			j.PrivateKey = c.key
			client, err := aspera.New(aspera.JWT(j))
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Nil(t, client)
			for _, want := range c.want {
				assert.Contains(t, failure(t, err).Message, want)
			}
			assert.NotContains(t, err.Error(), "canary")
			assert.NotContains(t, err.Error(), string(good[100:140]))
		})
	}
}
