package opswat

// Action is what Central Management did about an access. The set is open: the service may send values that this package does not
// know, and takes them in a query as well. One that is likely, but on none of the vendor's pages, is "monitored_allow", the
// counterpart of [MonitoredBlock].
type Action string

// The actions that the vendor documents.
const (
	Blocked        Action = "blocked"         // the access was refused
	Allowed        Action = "allowed"         // the access was let through
	MonitoredBlock Action = "monitored_block" // by its name: let through, though the rule would have refused it if it were enforced
)
