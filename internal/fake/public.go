package fake

// AnyRequest is [Request], or the type of that name that a public fake declares with the same
// fields.
type AnyRequest interface{ ~requestFields }

// AnyFault is [Fault], or the type of that name that a public fake declares with the same fields.
type AnyFault interface{ ~faultFields }

// Requests returns the requests as values of another type.
func Requests[To, From AnyRequest](requests []From) []To {
	out := make([]To, len(requests))
	for i, r := range requests {
		out[i] = To(r)
	}
	return out
}

// Faults returns the faults as values of another type.
func Faults[To, From AnyFault](faults []From) []To {
	out := make([]To, len(faults))
	for i, f := range faults {
		out[i] = To(f)
	}
	return out
}

// Hook returns a function that calls f with a request of its type, or nil if f is nil.
func Hook[To, From AnyRequest](f func(From)) func(To) {
	if f == nil {
		return nil
	}
	return func(r To) { f(From(r)) }
}

// Decision returns a function that decides as f does about requests of another type, by faults of
// another type, or nil if f is nil.
func Decision[ToRequest AnyRequest, ToFault AnyFault, FromRequest AnyRequest, FromFault AnyFault](f func(FromRequest) *FromFault) func(ToRequest) *ToFault {
	if f == nil {
		return nil
	}
	return func(r ToRequest) *ToFault {
		decided := f(FromRequest(r))
		if decided == nil {
			return nil
		}
		fault := ToFault(*decided)
		return &fault
	}
}
