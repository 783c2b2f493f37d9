package opswat

// Action is what Central Management did about an access. The set is open: the service may send
// values that this package does not know, and takes them in a query as well. The console shows more
// actions than the API's page names: Monitored (Allow), which is likely to be "monitored_allow"
// here, and a temporary access. How these are spelled in an answer is documented nowhere (probe:
// opswat.actions).
type Action string

// The actions that the vendor documents.
const (
	ActionBlocked        Action = "blocked"         // the access was refused
	ActionAllowed        Action = "allowed"         // the access was let through
	ActionMonitoredBlock Action = "monitored_block" // by its name: let through, though the rule would have refused it if it were enforced
)
