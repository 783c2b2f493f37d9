package snaplogictest

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity/internal/fake"
)

// choices are what a service may do where the vendor is silent.
type choices struct {
	exclusive     bool // start itself is left out
	inclusive     bool // end itself is kept
	alertsHidden  bool
	updatesHidden bool
	falseIgnored  bool
	literalPlus   bool
	lenient       bool
	statusHeader  bool
	countedLimit  bool
	assetInside   bool
	assetTypes    bool
}

// WithExclusiveBounds leaves out activities of the very instant of start, as those of the instant
// of end are left out unless [WithInclusiveEnd] says otherwise. The default includes start. The
// vendor does not say which it is (probe: snaplogic.start).
func WithExclusiveBounds() Option { return func(c *config) { c.exclusive = true } }

// WithInclusiveEnd keeps activities of the very instant of end. The default leaves them out. The
// vendor writes "before", and not whether that is meant so strictly (probe: snaplogic.end).
func WithInclusiveEnd() Option { return func(c *config) { c.inclusive = true } }

// WithAlertsHidden leaves alerts out unless filter_is_alert or filter_alert_state asks for them.
// The default lists them with all else. The vendor's pages differ (probe: snaplogic.alerts).
func WithAlertsHidden() Option { return func(c *config) { c.alertsHidden = true } }

// WithAdminUpdatesHidden leaves out what processes of SnapLogic did, unless
// filter_snaplogic_admin_update asks for it. The default lists it with all else. The vendor does
// not say which it is (probe: snaplogic.admin).
func WithAdminUpdatesHidden() Option { return func(c *config) { c.updatesHidden = true } }

// WithFalseIgnored makes filter_is_alert=false and filter_snaplogic_admin_update=false filter
// nothing. By default they leave out what true lists. Of the latter the vendor describes only true
// (probe: snaplogic.admin).
func WithFalseIgnored() Option { return func(c *config) { c.falseIgnored = true } }

// WithLiteralPlus takes a plus in a query for a plus. By default it is a blank, as "%20" is in any
// case. The vendor's examples have "%20" only (probe: snaplogic.blank).
func WithLiteralPlus() Option { return func(c *config) { c.literalPlus = true } }

// WithUnknownParametersIgnored ignores parameters that the fake does not know. By default they are
// refused, so that a misspelt filter cannot pass. What the service does is not documented
// (probe: snaplogic.unknown).
func WithUnknownParametersIgnored() Option { return func(c *config) { c.lenient = true } }

// WithStatusHeader sends the status of each answer in X-SL-StatusCode too. By default there is no
// such header. The vendor documents it, and shows it nowhere (probe: snaplogic.status).
func WithStatusHeader() Option { return func(c *config) { c.statusHeader = true } }

// WithCountedLimit answers with the number of activities that came as limit. By default that is the
// limit that was asked for. The vendor's pages differ (probe: snaplogic.limit).
func WithCountedLimit() Option { return func(c *config) { c.countedLimit = true } }

// WithAssetInProject refuses filter_asset without filter_project. The default looks in all
// projects. The vendor's text and its example differ (probe: snaplogic.asset).
func WithAssetInProject() Option { return func(c *config) { c.assetInside = true } }

// WithDocumentedAssetTypes refuses a filter_asset_type other than File, Pipeline, Plex, Org and
// Account. The default looks for whatever the activities say. The vendor does not say which it is
// (probe: snaplogic.assettype).
func WithDocumentedAssetTypes() Option { return func(c *config) { c.assetTypes = true } }

// read checks a query.
func (c choices) read(rawQuery string) (url.Values, error) {
	if c.literalPlus {
		rawQuery = strings.ReplaceAll(rawQuery, "+", "%2B")
	}
	query, err := fake.StrictQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	if c.lenient {
		maps.DeleteFunc(query, func(name string, _ []string) bool {
			_, known := parameters[name]
			return !known
		})
	}
	if err := parameters.Verify(query); err != nil {
		return nil, err
	}
	if c.assetInside && query.Has("filter_asset") && !query.Has("filter_project") {
		return nil, errors.New(`parameter "filter_asset" requires "filter_project"`)
	}
	if c.assetTypes && query.Has("filter_asset_type") {
		if err := documentedAssetType(query.Get("filter_asset_type")); err != nil {
			return nil, fmt.Errorf(`parameter "filter_asset_type": %w`, err)
		}
	}
	return query, nil
}

// documentedAssetType takes what the vendor documents for queries.
var documentedAssetType = fake.OneOf("File", "Pipeline", "Plex", "Org", "Account")

// unasked are the checks of a query that it does not ask for.
func (c choices) unasked(query url.Values) (checks []func(e *entry) bool) {
	if c.alertsHidden && !query.Has("filter_is_alert") && !query.Has("filter_alert_state") {
		checks = append(checks, func(e *entry) bool { return !e.alert })
	}
	if c.updatesHidden && !query.Has("filter_snaplogic_admin_update") {
		checks = append(checks, func(e *entry) bool { return !e.byAdmin() })
	}
	return checks
}

// ignores reports whether a parameter filters nothing.
func (c choices) ignores(name, value string) bool {
	return c.falseIgnored && value == "false" && (name == "filter_is_alert" || name == "filter_snaplogic_admin_update")
}
