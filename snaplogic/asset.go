package snaplogic

// AssetType is a kind of asset, in queries. The set is open. Records name further kinds in
// [Activity.AssetType], such as "Dir" for a project; whether one can ask for those is not
// documented (probe: snaplogic.assettype).
type AssetType string

// The asset types that the vendor documents for queries.
const (
	AssetFile     AssetType = "File"
	AssetPipeline AssetType = "Pipeline"
	AssetPlex     AssetType = "Plex" // a Snaplex
	AssetOrg      AssetType = "Org"
	AssetAccount  AssetType = "Account"
)

// AlertState is the state of an alert, in queries. The set is open.
type AlertState string

// The states that the vendor documents.
const (
	AlertOpen   AlertState = "open"   // something may be wrong and should be looked into
	AlertClosed AlertState = "closed" // the issue is resolved; nothing has to be done
)
