package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// Secret is the place of a secret: env:NAME for an environment variable, or file:PATH for a file,
// whose last line break is ignored. It never contains the secret itself. So it can be printed, and
// a configuration can be kept in version control.
type Secret string

// errInline does not quote the text, which is probably a secret.
var errInline = errors.New("secrets are not written here: write env:NAME for an environment variable or file:PATH for a file")

// UnmarshalText returns an error for anything except env:NAME and file:PATH.
func (s *Secret) UnmarshalText(text []byte) error {
	if _, _, ok := place(string(text)); !ok && len(text) > 0 {
		return errInline
	}
	*s = Secret(text)
	return nil
}

// place splits "env:NAME" and "file:PATH".
func place(text string) (kind, name string, ok bool) {
	kind, name, ok = strings.Cut(text, ":")
	return kind, name, ok && name != "" && (kind == "env" || kind == "file")
}

// Read returns the secret. Its errors name the place, never the secret.
func (s Secret) Read() (string, error) {
	kind, name, ok := place(string(s))
	if !ok {
		return "", errInline
	}
	if kind == "env" {
		if value := os.Getenv(name); value != "" {
			return value, nil
		}
		return "", fmt.Errorf("environment variable %s is not set", name)
	}
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return "", err
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if value == "" {
		return "", fmt.Errorf("file %s is empty", name)
	}
	return value, nil
}

// Address is a URL, or several with commas between. A URL with a password or token is written as
// its place, env:NAME or file:PATH.
type Address string

// Stdout is the address of the sink that writes lines to standard output.
const Stdout Address = "-"

// UnmarshalText returns an error for a URL with a password or token.
func (a *Address) UnmarshalText(text []byte) error {
	if _, _, ok := place(string(text)); !ok && len(text) > 0 && Address(text) != Stdout {
		for one := range strings.SplitSeq(string(text), ",") {
			if err := checkURL(strings.TrimSpace(one)); err != nil {
				return err
			}
		}
	}
	*a = Address(text)
	return nil
}

// checkURL validates a URL. Its errors do not quote it.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.User != nil:
		return fmt.Errorf("the URL has a user or password in it, which others can read here and in the list of processes: %w", errInline)
	case u.Scheme == "" || u.Host == "" && u.Path == "":
		return errors.New("not an absolute URL, such as nats://localhost:4222 or redis://localhost:6379/0")
	}
	return nil
}

// Set implements flag.Value.
func (a *Address) Set(text string) error { return a.UnmarshalText([]byte(text)) }

func (a *Address) String() string { return string(*a) }

// Read returns the URL.
func (a Address) Read() (string, error) {
	if _, _, ok := place(string(a)); ok {
		return Secret(a).Read()
	}
	return string(a), nil
}
