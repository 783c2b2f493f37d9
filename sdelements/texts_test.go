package sdelements_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// texts gives everything that printing v can show.
func texts(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	if text, err := json.Marshal(v); err == nil {
		b.Write(text)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
	return b.String() + log.String()
}

// logTo gives a logger that appends to seen.
func logTo(seen *[]string) *slog.Logger {
	return slog.New(slog.NewTextHandler(appender{seen}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type appender struct{ seen *[]string }

func (a appender) Write(p []byte) (int, error) {
	*a.seen = append(*a.seen, string(p))
	return len(p), nil
}

func assertSecretFree(t *testing.T, seen []string) {
	t.Helper()
	for _, text := range seen {
		for _, form := range []string{
			canary, hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("auditor:" + canary)),
			base64.StdEncoding.EncodeToString([]byte(canary)),
		} {
			assert.NotContains(t, strings.ToLower(text), strings.ToLower(form))
		}
	}
}
