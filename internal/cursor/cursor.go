// Package cursor writes and reads activity.Cursor: a place in a list, which fits that list only.
package cursor

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
)

// MaxLength bounds a cursor, in bytes. It has room for the longest URL that services take, 8 KiB.
const MaxLength = 16 << 10

// version begins every cursor. Every later release of the same major version can read it. A cursor
// with another meaning gets another letter.
const version = "a1."

// List identifies the list that cursors belong to.
type List struct {
	vendor                string
	tenant                settings.Tenant
	endpoint, fingerprint string
}

// For returns the list with a vendor, a tenant, a name for its endpoint, a path below the base URL,
// and the parameters that are set, except those that only page.
func For(vendor string, tenant settings.Tenant, endpoint, path string, params url.Values) List {
	return List{vendor: vendor, tenant: tenant, endpoint: endpoint, fingerprint: hash(path + "\n" + params.Encode())}
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

type envelope[P any] struct {
	Tenant      string `json:"t,omitzero"`
	Endpoint    string `json:"e"`
	Fingerprint string `json:"f"`
	Position    P      `json:"p"`
}

// hashed begins the hash of a tenant that is named after its host. No cursor holds the host itself.
const hashed = "#"

// storedTenant returns the tenant as cursors hold it.
func (l List) storedTenant() string {
	if l.tenant.Host {
		return hashed + hash(l.tenant.Name)
	}
	return l.tenant.Name
}

// checkTenant returns nil if a cursor holds the list's tenant. A tenant that was named after its
// host may have the host for its name now, or the other way round.
func (l List) checkTenant(stored string) error {
	switch {
	case stored == l.tenant.Name, stored == hashed+hash(l.tenant.Name):
		return nil
	case !settings.IsTenant(stored):
		return l.Mismatch()
	}
	other := "tenant " + strconv.Quote(stored)
	if strings.HasPrefix(stored, hashed) {
		other = "a tenant on another host"
	}
	return l.mismatch(fmt.Sprintf("the cursor was made for %s, and this list is of tenant %q", other, l.tenant.Name) +
		settings.OfAnotherTenant(stored))
}

// At returns the cursor of a position, which is a struct of the vendor's package. A position that
// is too long for a cursor, as after an absurdly long link, is activity.ErrMalformed.
func At[P any](l List, position P) (activity.Cursor, error) {
	text, err := json.Marshal(envelope[P]{Tenant: l.storedTenant(), Endpoint: l.endpoint, Fingerprint: l.fingerprint, Position: position}, json.Deterministic(true))
	if err != nil || len(version)+base64.RawURLEncoding.EncodedLen(len(text)) > MaxLength {
		return "", &activity.Error{Vendor: l.vendor, Tenant: l.tenant.Name, Op: "make cursor", Kind: activity.ErrMalformed,
			Message: "the service's continuation is too long to be stored in a cursor"}
	}
	return activity.Cursor(version + base64.RawURLEncoding.EncodeToString(text)), nil
}

// Position returns the position of a cursor that At returned for the same list. Any other cursor is
// activity.ErrCursorMismatch.
func Position[P any](l List, c activity.Cursor) (P, error) {
	var e envelope[P]
	if len(c) > MaxLength {
		return e.Position, l.mismatch("the cursor is longer than any that this SDK writes")
	}
	encoded, ok := strings.CutPrefix(string(c), version)
	if !ok {
		return e.Position, l.mismatch("this is not a cursor of this SDK, or it was written by a newer major version")
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || json.Unmarshal(text, &e, json.RejectUnknownMembers(true)) != nil {
		return envelope[P]{}.Position, l.mismatch("the cursor is damaged")
	}
	if err := l.checkTenant(e.Tenant); err != nil {
		return envelope[P]{}.Position, err
	}
	if e.Endpoint != l.endpoint || e.Fingerprint != l.fingerprint {
		return envelope[P]{}.Position, l.mismatch("the cursor was made for another endpoint, resource or set of parameters")
	}
	return e.Position, nil
}

// Mismatch returns the error for a cursor whose position makes no sense.
func (l List) Mismatch() error { return l.mismatch("the cursor is damaged") }

func (l List) mismatch(message string) error {
	return &activity.Error{Vendor: l.vendor, Tenant: l.tenant.Name, Op: "read cursor", Kind: activity.ErrCursorMismatch, Message: message}
}
