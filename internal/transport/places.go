package transport

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/activity-sdk/activity"
)

// Places turns the links between the pages of one list into places in it. A link, or the cursor
// that stores its place, changes nothing but the place: path and filters stay those of the list.
type Places struct {
	Client *Client
	Path   string     // of the list, below the base
	Params url.Values // of the list's first request
	// Filters are the names of all parameters that choose records or set the page size, whether or
	// not this list uses them.
	Filters []string
	// AnyOrigin accepts links to other origins, but uses only their place: the service writes them
	// with its internal scheme and host.
	AnyOrigin bool
}

// Of returns the place of a link to another page: the parameters that it adds to the list's own,
// encoded. A link to another origin is activity.ErrForeignOrigin. A link that leads to another
// list, adds nothing, or contains a secret of the client is activity.ErrMalformed. No error quotes
// the link.
func (p Places) Of(href string) (place string, err error) {
	page, err := url.Parse(p.Client.Address(p.Path))
	if err != nil {
		return "", p.Client.Fail(opFollow, activity.ErrInvalid, "the address of the page cannot be built")
	}
	to, err := page.Parse(strings.TrimSpace(href))
	if err != nil {
		return "", p.malformed("the link to the next page cannot be parsed")
	}
	if !p.AnyOrigin && !p.Client.Owns(to) {
		return "", p.Client.Fail(opFollow, activity.ErrForeignOrigin,
			"the link to the next page leads to another scheme, host or port than the configured one; it was not followed")
	}
	if to.Path != page.Path && !p.leadsTo(to) {
		return "", p.malformed("the link to the next page leads to another list")
	}
	if p.Client.Reveals(to.RawQuery) {
		return "", p.malformed("the link to the next page holds a secret; it was not followed")
	}
	params, err := url.ParseQuery(strings.ReplaceAll(to.RawQuery, " ", "%20"))
	if err != nil {
		return "", p.malformed("the query of the link to the next page cannot be parsed")
	}
	maps.DeleteFunc(params, func(name string, _ []string) bool { return p.owns(name) })
	if len(params) == 0 {
		return "", p.malformed("the link to the next page does not say where that page begins")
	}
	return Encode(params), nil
}

const opFollow = "follow link"

func (p Places) malformed(message string) error {
	return p.Client.Fail(opFollow, activity.ErrMalformed, message)
}

// leadsTo reports whether an address is one of the list: a gateway may put another path in front,
// and a slash at the end makes no difference.
func (p Places) leadsTo(to *url.URL) bool {
	path, err := url.PathUnescape(p.Path)
	return err == nil && strings.HasSuffix(strings.TrimRight(to.Path, "/"), strings.TrimRight(path, "/")) &&
		!hasDotSegment(to.EscapedPath()) && !p.Client.Reveals(to.EscapedPath())
}

// owns reports whether the list decides about a parameter, also if its name has a lookup
// ("name__in") or an index ("name[]").
func (p Places) owns(name string) bool {
	if p.Params.Has(name) {
		return true
	}
	name, _, _ = strings.Cut(name, "__")
	name, _, _ = strings.Cut(name, "[")
	return p.Params.Has(name) || slices.Contains(p.Filters, name)
}

// Valid reports whether a place is one that Of returns for a link of this list.
func (p Places) Valid(place string) bool {
	again, err := p.Of("?" + place)
	return err == nil && again == place
}

// Query returns the parameters of the request for the page at a place; "" is the first page.
func (p Places) Query(place string) url.Values {
	params, _ := url.ParseQuery(place) // Of or Valid checked it
	maps.Copy(params, p.Params)
	return params
}

// Reveals reports whether a text of the service contains a secret of the client, and so must not be
// stored or sent.
func (c *Client) Reveals(text string) bool { return c.holdsSecret(text) }
